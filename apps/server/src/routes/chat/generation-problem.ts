import { Problem, PROBLEMS, refusalFactsSchema } from '@pilotlight/contract';
import type { ErrorPart, ProblemCode } from '@pilotlight/contract';

/** The `error` part that ended a log as the problem of a request. A code that this version does not know is an engine's error. */
export function toGenerationProblem(part: ErrorPart, facts: Readonly<Record<string, unknown>>): Problem {
  const { code, detail, source, field, retry_after_seconds: retryAfterSeconds } = part;
  return new Problem(isProblemCode(code) ? code : 'engine_error', detail, {
    source,
    facts: { ...facts, ...refusalFactsSchema.parse(part) },
    ...(field !== undefined && { field }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}
