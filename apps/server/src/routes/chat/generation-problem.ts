import { Problem, PROBLEMS } from '@pilotlight/contract';
import type { ErrorPart, ProblemCode } from '@pilotlight/contract';

/** The `error` part that ended a log as the problem of a request. A code that this version does not know is an engine's error. */
export function toGenerationProblem(part: ErrorPart, facts: Readonly<Record<string, unknown>>): Problem {
  return new Problem(isProblemCode(part.code) ? part.code : 'engine_error', part.detail, { source: part.source, facts });
}

function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}
