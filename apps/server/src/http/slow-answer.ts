import type { ServerResponse } from 'node:http';

import type { Clock } from '@pilotlight/contract';

import type { WriteLog } from '../log/log-events.ts';
import { writeProblem } from './adapters/node-server.ts';
import type { Answer, RouteRequest } from './define-route.ts';
import { pathOf } from './exchange.ts';
import { logProblem } from './log-problem.ts';
import { toProblem, toProblemDocument } from './problem-document.ts';

/** Until then the status is the real one. Less than what proxies and clients wait for at the least. */
const PATIENCE_MS = 15_000;
const HEARTBEAT_MS = 10_000;

interface SlowAnswerOptions {
  readonly clock: Clock;
  readonly request: Pick<RouteRequest<unknown, unknown, unknown>, 'requestId' | 'signal'>;
  readonly log: WriteLog;
}

/**
 * Answers in JSON when the handler has come to its end, however long that takes. After 15 s the head is sent with status 200, and a blank every 10 s: blanks
 * before a JSON value are part of JSON, so every client reads the body as if they were not there. A failure after that can no longer have a status of its
 * own: the body is then `{"error": {…}}` with the whole problem document.
 */
export async function answerSlowly(
  outcome: Promise<Answer>,
  response: ServerResponse,
  { clock, request: { requestId, signal }, log }: SlowAnswerOptions,
): Promise<void> {
  let isLate = false;
  let timer = clock.after(PATIENCE_MS, beat);
  function beat(): void {
    if (response.destroyed) return;
    if (!isLate)
      response.writeHead(200, {
        'content-type': 'application/json; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
    isLate = true;
    response.write(' ');
    timer = clock.after(HEARTBEAT_MS, beat);
  }
  try {
    const answer = await outcome;
    if (answer.kind !== 'json') throw new TypeError('a slow route answers in JSON');
    if (!isLate) response.writeHead(answer.status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
    response.end(JSON.stringify(answer.body));
  } catch (error) {
    // That the client left is no failure, and nobody is there to be told.
    if (signal.aborted && error === signal.reason) return;
    const problem = toProblem(error);
    logProblem(log, problem, { method: response.req.method ?? '', path: pathOf(response.req.url ?? ''), requestId });
    if (isLate) response.end(JSON.stringify({ error: toProblemDocument(problem, requestId) }));
    else writeProblem(response, problem, requestId);
  } finally {
    timer[Symbol.dispose]();
  }
}
