import { isMap, isScalar } from './lazy-yaml.ts';
import { parseModelName } from './values/plain.ts';

/** What the file says of one model, as it stands there: whoever knows the options checks them. */
export interface FileDefaults {
  /** The place in the file, for messages: `pilotlight.yaml, line 7`. */
  readonly where: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** By the name of the model. */
export type ModelDefaultsOfFile = Readonly<Record<string, FileDefaults>>;

const SHAPE = '{options: {…}, profile: {…}}';

/** The `model_defaults` of the file: for each model its options and its launch profile. */
export function readModelDefaults(
  node: unknown,
  where: (node: unknown) => string,
): { readonly modelDefaults: ModelDefaultsOfFile; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const modelDefaults: Record<string, FileDefaults> = {};
  if (node === null || (isScalar(node) && node.value === null)) return { modelDefaults, problems };
  if (!isMap(node)) return { modelDefaults, problems: [`${where(node)}: "model_defaults" must name models, each with ${SHAPE}.`] };
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : '';
    const parsed = parseModelName(name);
    if (!parsed.ok) problems.push(`${where(key)}: "${name}" is no name for a model; it must be ${parsed.expected}.`);
    else if (!isMap(value)) problems.push(`${where(key)}: what is set for "${name}" must be ${SHAPE}.`);
    else modelDefaults[parsed.value] = { where: where(key), value: value.toJSON() as Record<string, unknown> };
  }
  return { modelDefaults, problems };
}
