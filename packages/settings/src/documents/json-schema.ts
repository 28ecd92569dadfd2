import type { Setting } from '../setting.ts';
import { SETTING_NAMES, SETTINGS } from '../table.ts';

const TASKS = {
  type: 'object',
  description: 'Which models answer a task, in order, and which one if none of them can.',
  propertyNames: { pattern: '^[a-z][a-z0-9_-]{0,63}$' },
  additionalProperties: {
    type: 'object',
    required: ['models'],
    additionalProperties: false,
    properties: {
      models: { type: ['array', 'string'], items: { type: 'string', minLength: 1 }, minItems: 1 },
      fallback: { type: 'string', minLength: 1 },
    },
  },
};

/** The JSON Schema of `pilotlight.yaml`, for editors. `modelDefaults`: that of what can be set for one model. */
export function toJsonSchema(modelDefaults: object): string {
  const properties = Object.fromEntries(SETTING_NAMES.map((name) => property(SETTINGS[name])));
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'pilotlight.yaml',
    type: 'object',
    additionalProperties: false,
    properties: {
      ...properties,
      tasks: TASKS,
      model_defaults: {
        type: 'object',
        description: 'How a model answers unless a request or a conversation says otherwise, and its launch profile.',
        additionalProperties: modelDefaults,
      },
    },
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

function property(row: Setting<unknown>): readonly [string, object] {
  const description = `${row.title.charAt(0).toUpperCase()}${row.title.slice(1)}. ${row.details} Default: ${row.defaultText}.`;
  return [row.key, { description, ...row.schema, ...(row.examples.length > 0 ? { examples: row.examples } : {}) }];
}
