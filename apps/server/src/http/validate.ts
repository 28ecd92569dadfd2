import { Problem } from '@pilotlight/contract';
import type { z } from 'zod';

const MAX_SHOWN = 300;

type Place = 'path' | 'query' | 'body';

/** The value as the schema lets it through, or a problem that names the first field that is wrong and what would be right. */
export function validate(schema: z.ZodType | undefined, value: unknown, place: Place): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (!issue) throw new Problem('invalid_request', `The ${place} is not valid.`, { field: place });
  const field = fieldOf(issue);
  const subject = field === undefined ? `The ${place}` : `"${field}" in the ${place}`;
  throw new Problem('invalid_request', `${subject} is not valid: ${shorten(issue.message)}.`, { field: field ?? place });
}

/** `options.stop.0`; of an unknown key its own name; undefined if the value as a whole is wrong. */
function fieldOf(issue: z.core.$ZodIssue): string | undefined {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
  return path.length === 0 ? undefined : shorten(path.map(String).join('.'));
}

function shorten(text: string): string {
  return text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
}
