import { EngineError, Problem } from '@pilotlight/contract';
import type { EngineFailure, ProblemCode } from '@pilotlight/contract';

import type { Cause } from '../lifecycle/state.ts';

/** What a failure of an engine is for the person who asked, and whether asking again can help. */
interface Verdict {
  readonly code: ProblemCode;
  /** The code if it failed while loading. */
  readonly loadCode: ProblemCode;
  /** `again`: the same deployment may do better a moment later. `elsewhere`: another one may. `never`: the request itself is wrong. */
  readonly retry: 'again' | 'elsewhere' | 'never';
}

const VERDICTS: Record<EngineFailure, Verdict> = {
  unreachable: { code: 'engine_unreachable', loadCode: 'engine_unreachable', retry: 'again' },
  absent: { code: 'model_not_found', loadCode: 'model_not_found', retry: 'elsewhere' },
  invalid: { code: 'invalid_request', loadCode: 'model_load_failed', retry: 'never' },
  unsupported: { code: 'not_supported', loadCode: 'model_load_failed', retry: 'never' },
  too_long: { code: 'context_too_long', loadCode: 'model_load_failed', retry: 'never' },
  overloaded: { code: 'queue_full', loadCode: 'queue_full', retry: 'again' },
  out_of_memory: { code: 'model_out_of_memory', loadCode: 'model_out_of_memory', retry: 'elsewhere' },
  bad_file: { code: 'model_file_invalid', loadCode: 'model_file_invalid', retry: 'elsewhere' },
  died: { code: 'engine_died', loadCode: 'model_load_failed', retry: 'again' },
  cut: { code: 'answer_cut', loadCode: 'engine_unreachable', retry: 'again' },
  protocol: { code: 'engine_protocol', loadCode: 'engine_protocol', retry: 'elsewhere' },
  failed: { code: 'engine_error', loadCode: 'model_load_failed', retry: 'again' },
};

/** How a problem is met: by code, since a load's cause outlives the error that it came from. */
const RETRIES: Partial<Record<ProblemCode, Verdict['retry']>> = {
  ...Object.fromEntries(Object.values(VERDICTS).map(({ code, retry }) => [code, retry])),
  // The load's own memory decides when it is tried again; asking sooner gets the same cause.
  model_load_failed: 'elsewhere',
  load_stalled: 'elsewhere',
  // It is being brought back meanwhile.
  model_wedged: 'again',
  first_token_timeout: 'elsewhere',
  // Something of it was shown: it is gone on with or not at all.
  answer_stalled: 'again',
  continue_not_supported: 'elsewhere',
  no_model: 'elsewhere',
  model_too_large: 'elsewhere',
};

/** The problem that people see for what an engine threw while it answered. */
export function toProblem(error: unknown, doing: 'answer' | 'load'): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof EngineError)) {
    return new Problem('internal_error', 'the engine’s adapter failed in a way it should not', { cause: error });
  }
  const verdict = VERDICTS[error.failure];
  return new Problem(doing === 'load' ? verdict.loadCode : verdict.code, error.message, {
    cause: error,
    source: 'upstream',
    ...(error.retryAfterSeconds !== undefined && { retryAfterSeconds: error.retryAfterSeconds }),
    ...(error.field !== undefined && { field: error.field }),
  });
}

/** What a deployment keeps of a problem, to give it to those who come. */
export function toCause({ code, detail, source, facts, retryAfterSeconds }: Problem): Cause {
  return {
    code,
    detail,
    source,
    ...(Object.keys(facts).length > 0 && { facts }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

/** The request was wrong, or asked for what the model is not made for: another one may be answered well. */
const OF_REQUEST: ReadonlySet<ProblemCode> = new Set(['invalid_request', 'not_supported', 'context_too_long', 'continue_not_supported']);

/** Whether a problem says nothing about the model that was asked. */
export function isOfRequest({ code }: Problem): boolean {
  return OF_REQUEST.has(code);
}

/** How the request that caused it may go on. */
export function retryOf(problem: Problem): Verdict['retry'] {
  // A queue that is full on our side is an answer to the client, unless another engine has room; asking here again would only fill it more.
  if (problem.code === 'queue_full' && problem.source === 'app') return 'elsewhere';
  return RETRIES[problem.code] ?? 'never';
}
