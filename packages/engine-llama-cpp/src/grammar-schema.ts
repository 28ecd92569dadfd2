/** A schema in the form that the grammar generator takes, or why it cannot be used, in words that finish "The schema …". */
export type SchemaResult = { readonly schema: GrammarSchema } | { readonly problem: string };

/** The subset of JSON Schema that a grammar can hold. */
export type GrammarSchema = { readonly [key: string]: unknown };

/**
 * Bounds that keep the grammar small and quick. A grammar is walked for each token, so a schema that unfolds into millions of rules would stop
 * the model's process; these are checked before anything is built from it.
 */
const SCHEMA_LIMITS = { depth: 24, nodes: 1_000, alternatives: 500, repetitions: 1_000, textLength: 20_000 } as const;

/** Keywords that say nothing about what is valid, or that the grammar holds anyway: all named properties are always written, in their order. */
const SILENT = new Set(
  '$schema $id $comment $anchor title description default examples deprecated readOnly writeOnly required format additionalItems'.split(
    ' ',
  ),
);
const DEFINITIONS = new Set(['$defs', 'definitions']);
const KNOWN = new Set(
  'type properties additionalProperties items prefixItems minItems maxItems minLength maxLength enum const oneOf anyOf $ref minProperties maxProperties'.split(
    ' ',
  ),
);
/** Number ranges cannot be expressed in the grammar; they are left to the model, as Ollama and llama.cpp leave most of them. */
const LEFT_TO_THE_MODEL = new Set('minimum maximum exclusiveMinimum exclusiveMaximum multipleOf uniqueItems'.split(' '));
const ANY: GrammarSchema = {
  oneOf: [
    { type: 'object', additionalProperties: true },
    { type: 'array' },
    { type: 'string' },
    { type: 'number' },
    { type: 'boolean' },
    { type: 'null' },
  ],
};
const FORMATS = new Set(['date-time', 'time', 'date']);

class SchemaProblem extends Error {
  override readonly name = 'SchemaProblem';
}

interface Budget {
  nodes: number;
  alternatives: number;
  text: number;
  /** The names that a `$ref` may lead to. */
  readonly definitions: ReadonlySet<string>;
}

/** Translates the `format` of a request into a schema for the grammar: `json` is any object. Pure, bounded, quick on anything it is given. */
export function toGrammarSchema(format: unknown): SchemaResult {
  if (format === 'json') return { schema: { type: 'object', additionalProperties: true } };
  try {
    if (!isRecord(format)) throw new SchemaProblem('is not an object');
    const definitions = collectDefinitions(format);
    const budget: Budget = { nodes: 0, alternatives: 0, text: 0, definitions: new Set(definitions.keys()) };
    const schema = translate(format, budget, 1);
    if (definitions.size === 0) return { schema };
    const $defs = Object.fromEntries([...definitions].map(([name, value]) => [name, translate(value, budget, 2)]));
    assertReferencesEnd($defs);
    return { schema: 'type' in schema || 'oneOf' in schema ? { ...schema, $defs } : { oneOf: [schema], $defs } };
  } catch (error) {
    if (error instanceof SchemaProblem) return { problem: error.message };
    throw error;
  }
}

function collectDefinitions(root: GrammarSchema): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const key of DEFINITIONS) {
    const group = root[key];
    if (group === undefined) continue;
    if (!isRecord(group)) throw new SchemaProblem(`has ${key} that are not an object`);
    for (const [name, value] of Object.entries(group)) found.set(name, value);
  }
  return found;
}

function translate(schema: unknown, budget: Budget, depth: number): GrammarSchema {
  budget.nodes += 1;
  if (depth > SCHEMA_LIMITS.depth) throw new SchemaProblem(`is nested more than ${SCHEMA_LIMITS.depth} levels deep`);
  if (budget.nodes > SCHEMA_LIMITS.nodes) throw new SchemaProblem(`has more than ${SCHEMA_LIMITS.nodes.toLocaleString('en')} parts`);
  if (schema === true) return ANY;
  if (!isRecord(schema)) throw new SchemaProblem('has a part that is not an object');
  for (const key of Object.keys(schema)) {
    if (KNOWN.has(key) || SILENT.has(key) || LEFT_TO_THE_MODEL.has(key)) continue;
    if (DEFINITIONS.has(key) && depth === 1) continue;
    throw new SchemaProblem(`uses ${JSON.stringify(key.slice(0, 40)).replaceAll(/[{}]/gu, '')}, which cannot be held here`);
  }
  if (schema['$ref'] !== undefined) return toReference(schema['$ref'], budget);
  if (schema['const'] !== undefined) return { const: toLiteral(schema['const'], budget) };
  if (schema['enum'] !== undefined) return { enum: toList(schema['enum'], 'enum', budget).map((value) => toLiteral(value, budget)) };
  const choices = schema['oneOf'] ?? schema['anyOf'];
  if (choices !== undefined) return { oneOf: toList(choices, 'choices', budget).map((choice) => translate(choice, budget, depth + 1)) };
  return translateTyped(schema, budget, depth);
}

function translateTyped(schema: GrammarSchema, budget: Budget, depth: number): GrammarSchema {
  const type = schema['type'] ?? guessType(schema);
  if (type === undefined) return ANY;
  if (Array.isArray(type)) {
    return { oneOf: toList(type, 'type', budget).map((each) => translateTyped({ ...schema, type: each }, budget, depth)) };
  }
  switch (type) {
    case 'object':
      return toObject(schema, budget, depth);
    case 'array':
      return toArray(schema, budget, depth);
    case 'string':
      return typeof schema['format'] === 'string' && FORMATS.has(schema['format'])
        ? { type, format: schema['format'] }
        : { type, ...bounds(schema, 'minLength', 'maxLength') };
    case 'number':
    case 'integer':
    case 'boolean':
    case 'null':
      return { type };
    default:
      throw new SchemaProblem('names a type that JSON does not have');
  }
}

function guessType(schema: GrammarSchema): string | undefined {
  if (schema['properties'] !== undefined || schema['additionalProperties'] !== undefined) return 'object';
  if (schema['items'] !== undefined || schema['prefixItems'] !== undefined) return 'array';
  return undefined;
}

function toObject(schema: GrammarSchema, budget: Budget, depth: number): GrammarSchema {
  const properties = schema['properties'] ?? {};
  if (!isRecord(properties)) throw new SchemaProblem('has properties that are not an object');
  const entries = Object.entries(properties).map(([name, value]) => {
    countText(name, budget);
    return [name, translate(value, budget, depth + 1)] as const;
  });
  const more = schema['additionalProperties'] ?? entries.length === 0;
  const additionalProperties = typeof more === 'boolean' ? more : translate(more, budget, depth + 1);
  return {
    type: 'object',
    ...(entries.length > 0 && { properties: Object.fromEntries(entries) }),
    ...(additionalProperties !== false && { additionalProperties, ...bounds(schema, 'minProperties', 'maxProperties') }),
  };
}

function toArray(schema: GrammarSchema, budget: Budget, depth: number): GrammarSchema {
  const limits = bounds(schema, 'minItems', 'maxItems');
  const prefix = schema['prefixItems'];
  const items = schema['items'];
  return {
    type: 'array',
    ...(prefix !== undefined && { prefixItems: toList(prefix, 'prefixItems', budget).map((item) => translate(item, budget, depth + 1)) }),
    ...(items !== undefined && items !== true && { items: translate(items, budget, depth + 1) }),
    ...limits,
  };
}

function bounds(schema: GrammarSchema, lowestKey: string, highestKey: string): GrammarSchema {
  const lowest = toBound(schema[lowestKey], lowestKey);
  const highest = toBound(schema[highestKey], highestKey);
  if (lowest !== undefined && highest !== undefined && lowest > highest) throw new SchemaProblem(`has ${lowestKey} above ${highestKey}`);
  return { ...(lowest !== undefined && { [lowestKey]: lowest }), ...(highest !== undefined && { [highestKey]: highest }) };
}

function toBound(value: unknown, key: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw new SchemaProblem(`has ${key} that is not a whole number`);
  if (value > SCHEMA_LIMITS.repetitions) throw new SchemaProblem(`has ${key} above ${SCHEMA_LIMITS.repetitions.toLocaleString('en')}`);
  return value;
}

function toReference(reference: unknown, budget: Budget): GrammarSchema {
  const name =
    typeof reference === 'string' ? /^#\/(?:\$defs|definitions)\/(?<name>[^/~%]+)$/u.exec(reference)?.groups?.['name'] : undefined;
  if (name === undefined || !budget.definitions.has(name)) throw new SchemaProblem('refers to a definition that it does not have');
  return { $ref: `#/$defs/${name}` };
}

/** A definition that leads to itself with nothing between would never end. */
function assertReferencesEnd(definitions: Readonly<Record<string, GrammarSchema>>): void {
  for (const start of Object.keys(definitions)) {
    const seen = new Set<string>();
    const open = [start];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      const next = directReferences(definitions[name]);
      if (next.includes(start)) throw new SchemaProblem('has a definition that is only itself');
      open.push(...next);
    }
  }
}

function directReferences(schema: GrammarSchema | undefined): readonly string[] {
  if (schema === undefined) return [];
  const reference = schema['$ref'];
  if (typeof reference === 'string') return [reference.slice('#/$defs/'.length)];
  return Array.isArray(schema['oneOf']) ? schema['oneOf'].flatMap((choice: GrammarSchema) => directReferences(choice)) : [];
}

function toList(value: unknown, key: string, budget: Budget): readonly unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw new SchemaProblem(`has ${key} that are not a list, or an empty one`);
  budget.alternatives += value.length;
  if (budget.alternatives > SCHEMA_LIMITS.alternatives) throw new SchemaProblem(`has more than ${SCHEMA_LIMITS.alternatives} alternatives`);
  return value;
}

function toLiteral(value: unknown, budget: Budget): string | number | boolean | null {
  if (typeof value === 'string') countText(value, budget);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new SchemaProblem('has a fixed value that is neither text, number, boolean nor null');
}

function countText(text: string, budget: Budget): void {
  budget.text += text.length;
  if (budget.text > SCHEMA_LIMITS.textLength) throw new SchemaProblem('has fixed texts of more than 20,000 characters');
}

function isRecord(value: unknown): value is GrammarSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
