import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { toGrammarSchema } from './grammar-schema.ts';

const problem = (schema: unknown): string | undefined => {
  const result = toGrammarSchema(schema);
  return 'problem' in result ? result.problem : undefined;
};
const translated = (schema: unknown): unknown => {
  const result = toGrammarSchema(schema);
  return 'schema' in result ? result.schema : result.problem;
};

function nest(depth: number): unknown {
  let schema: unknown = { type: 'string' };
  for (let level = 0; level < depth; level += 1) schema = { type: 'array', items: schema };
  return schema;
}

describe('what a grammar can hold is translated', () => {
  test.each<[string, unknown, unknown]>([
    ['json', 'json', { type: 'object', additionalProperties: true }],
    [
      'an object',
      { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'], title: 'T' },
      { type: 'object', properties: { a: { type: 'integer' } } },
    ],
    ['an object without properties', { type: 'object' }, { type: 'object', additionalProperties: true }],
    [
      'a type that is left out',
      { properties: { a: { enum: ['x', 1, null] } } },
      { type: 'object', properties: { a: { enum: ['x', 1, null] } } },
    ],
    ['anyOf', { anyOf: [{ type: 'string' }, { type: 'null' }] }, { oneOf: [{ type: 'string' }, { type: 'null' }] }],
    ['several types', { type: ['string', 'null'] }, { oneOf: [{ type: 'string' }, { type: 'null' }] }],
    [
      'a bounded list',
      { type: 'array', items: { type: 'boolean' }, minItems: 1, maxItems: 3 },
      { type: 'array', items: { type: 'boolean' }, minItems: 1, maxItems: 3 },
    ],
    ['a bounded text', { type: 'string', maxLength: 9 }, { type: 'string', maxLength: 9 }],
    ['a date', { type: 'string', format: 'date' }, { type: 'string', format: 'date' }],
    ['ranges are left to the model', { type: 'number', minimum: 1 }, { type: 'number' }],
    [
      'definitions that refer to themselves by way of a list',
      { $ref: '#/definitions/tree', definitions: { tree: { type: 'array', items: { $ref: '#/definitions/tree' } } } },
      { oneOf: [{ $ref: '#/$defs/tree' }], $defs: { tree: { type: 'array', items: { $ref: '#/$defs/tree' } } } },
    ],
  ])('%s', (_name, schema, expected) => {
    expect(translated(schema)).toEqual(expected);
  });
});

describe('what it cannot hold, or what would be huge, is refused', () => {
  test.each<[string, unknown, RegExp]>([
    ['no object', 'text', /not an object/],
    ['a pattern', { type: 'string', pattern: '(a+)+$' }, /"pattern"/],
    ['not', { not: {} }, /"not"/],
    ['an unknown type', { type: 'date' }, /type that JSON does not have/],
    ['no alternatives', { anyOf: [] }, /empty/],
    ['an object as fixed value', { const: {} }, /fixed value/],
    ['a million repetitions', { type: 'array', items: {}, maxItems: 1e6 }, /maxItems above 1,000/],
    ['a negative bound', { type: 'string', minLength: -1 }, /whole number/],
    ['bounds in the wrong order', { type: 'string', minLength: 5, maxLength: 2 }, /above/],
    ['many alternatives', { enum: Array.from({ length: 501 }, (_, index) => index) }, /500 alternatives/],
    [
      'many properties',
      { properties: Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`p${index}`, true])) },
      /1,000 parts/,
    ],
    ['long names', { properties: { ['x'.repeat(20_001)]: true } }, /20,000 characters/],
    ['25 levels', nest(25), /24 levels/],
    ['100,000 levels', nest(100_000), /24 levels/],
    ['a reference to elsewhere', { $ref: 'https://example.org/schema' }, /definition that it does not have/],
    ['a reference to nothing', { $ref: '#/$defs/a' }, /definition that it does not have/],
    [
      'a definition that is only itself',
      { $ref: '#/$defs/a', $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }] }, b: { $ref: '#/$defs/a' } } },
      /only itself/,
    ],
  ])('%s', (_name, schema, expected) => {
    expect(problem(schema)).toMatch(expected);
  });

  test('alternatives of alternatives are counted, not unfolded', () => {
    let schema: unknown = { type: 'string' };
    for (let level = 0; level < 20; level += 1) schema = { anyOf: [schema, schema] };
    expect(problem(schema)).toMatch(/alternatives|parts/);
  });
});

test('anything at all gives a schema or a problem', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.object({ key: fc.constantFrom('type', 'items', 'properties', 'anyOf', '$ref', 'enum', '$defs', 'const') }),
      ),
      (value) => {
        const result = toGrammarSchema(value);
        expect('schema' in result || result.problem.length > 0).toBe(true);
      },
    ),
    { numRuns: 1_000 },
  );
});
