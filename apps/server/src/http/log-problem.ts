import type { Problem } from '@pilotlight/contract';

import type { LogLevel, WriteLog } from '../log/log-events.ts';

interface RequestFacts {
  readonly method: string;
  readonly path: string;
  readonly requestId: string | undefined;
}

/** One line about a request that failed. What the client did wrong is worth a debug line only; what we or an engine did is a warning. */
export function logProblem(log: WriteLog, problem: Problem, { method, path, requestId }: RequestFacts): void {
  const facts = {
    request_id: requestId,
    method,
    path: path.slice(0, 200),
    status: problem.status,
    code: problem.code,
    source: problem.source,
  };
  if (problem.code === 'internal_error') return log('request_broke', { facts, cause: problem.cause });
  const isOurs = problem.status >= 500;
  const level: LogLevel = isOurs ? 'warn' : 'debug';
  // An engine that calls a request wrong often repeats it: such words may be the prompt's, and stay out of the log.
  const detail = isOurs || problem.source !== 'upstream' ? { detail: problem.detail } : {};
  log('request_failed', { level, facts: { ...facts, ...detail }, cause: isOurs ? problem.cause : undefined });
}
