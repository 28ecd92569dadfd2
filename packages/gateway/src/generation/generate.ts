import { sleep, toTimestamp } from '@pilotlight/contract';
import type { GatewayPart, GenerateRequest, PhasePart, Problem } from '@pilotlight/contract';

import { backoffMs, isBearable } from '../attempts/backoff.ts';
import { guessTokens } from '../attempts/deadlines.ts';
import { retryOf } from '../attempts/problem-of-failure.ts';
import type { RetryBudget } from '../attempts/retry-budget.ts';
import type { Candidates, Choice } from '../routes/candidates.ts';
import { attempt } from './attempt.ts';
import type { AttemptPlace, Run } from './attempt.ts';
import { createBell } from './bell.ts';
import { createPhaseFeed } from './phase-feed.ts';
import { draftReceipt, withReceipt } from './receipt.ts';
import { waitFor } from './wait-for.ts';

export type Candidate = Choice & AttemptPlace;

export interface GenerateContext extends Pick<Run, 'clock' | 'randomness' | 'settings' | 'log' | 'loadAhead' | 'suspect'> {
  readonly budget: RetryBudget;
  /** The generations that run, to be ended with the gateway. */
  readonly running: Set<AbortController>;
  readonly findCandidates: (request: GenerateRequest) => Candidates<Candidate>;
}

/** One answer, from the choice of a deployment to its receipt. The contract is `Gateway.generate`. */
export async function* generate(
  context: GenerateContext,
  request: GenerateRequest,
  callerSignal: AbortSignal,
): AsyncGenerator<GatewayPart, void> {
  callerSignal.throwIfAborted();
  const route = context.findCandidates(request);
  // A caller that aborts may never come back to this generator: what is held is given back with the abort, not with `return`.
  const held = new DisposableStack();
  const controller = new AbortController();
  const bell = createBell();
  const onCallerAbort = (): void => controller.abort(callerSignal.reason);
  callerSignal.addEventListener('abort', onCallerAbort, { once: true });
  held.defer(() => callerSignal.removeEventListener('abort', onCallerAbort));
  controller.signal.addEventListener('abort', () => {
    bell.ring();
    held.dispose();
  });
  context.running.add(controller);
  held.defer(() => context.running.delete(controller));
  held.use(context.budget.begin());
  const feed = held.use(createPhaseFeed(context.clock, bell));
  const { name, deployment } = route.candidates[0];
  const receipt = draftReceipt(request, context.clock, { model: name, engine: deployment.engine.id });
  const characters = request.messages.reduce((sum, { content }) => sum + content.length, 0);
  const run: Run = { ...context, request, signal: controller.signal, bell, feed, receipt, promptTokens: guessTokens(characters) };
  try {
    yield* tryAll(run, route, context.budget);
  } finally {
    held.dispose();
  }
}

/** Tries the candidates in order, and those of which more can be hoped again after a pause, as long as nothing of an answer was shown. */
async function* tryAll(run: Run, route: Candidates<Candidate>, budget: RetryBudget): AsyncGenerator<GatewayPart, void> {
  const { settings, receipt, request, randomness, log } = run;
  const reasons = [...route.skipped];
  let candidates: readonly Candidate[] = route.candidates;
  for (let rounds = 1; ; rounds += 1) {
    const hopeful: Candidate[] = [];
    let problem: Problem | undefined;
    let askedSeconds = 0;
    for (const candidate of candidates) {
      noteFallback(run, { candidate, first: route.first, reasons });
      const end = yield* attempt(run, candidate);
      if (end.type === 'finished') {
        yield { type: 'finish', reason: end.finish.reason, receipt: receipt.toReceipt(end.finish) };
        return;
      }
      ({ problem } = end);
      reasons.push(`${candidate.name}: ${problem.detail}`);
      const retry = retryOf(problem);
      if (end.isVisible || retry === 'never') throw withReceipt(problem, receipt.toReceipt());
      if (retry === 'again' && isBearable(problem.retryAfterSeconds)) {
        hopeful.push(candidate);
        askedSeconds = Math.max(askedSeconds, problem.retryAfterSeconds ?? 0);
      }
      if (receipt.attempts.length >= settings.maxAttempts) throw withReceipt(problem, receipt.toReceipt());
    }
    if (!problem) throw new Error('a round without candidates');
    const next = hopeful[0];
    using permit = next && budget.take();
    if (!next || !permit) throw withReceipt(problem, receipt.toReceipt());
    const delayMs = backoffMs(rounds, randomness, askedSeconds);
    const number = receipt.attempts.length + 1;
    log({
      level: 'info',
      name: 'retry',
      request_id: request.requestId,
      model: next.name,
      attempt: number,
      delay_ms: delayMs,
      code: problem.code,
    });
    yield* pause(run, { delayMs, problem, model: next.name, number });
    candidates = hopeful;
  }
}

interface Fallback {
  readonly candidate: Candidate;
  readonly first: string;
  readonly reasons: readonly string[];
}

/** Says so, in the log and in the receipt, when another model than the first of the route is tried. */
function noteFallback({ receipt, log, request }: Run, { candidate, first, reasons }: Fallback): void {
  if (candidate.name === first) {
    receipt.fallbackReason = undefined;
    return;
  }
  const reason = [...new Set(reasons)].join('; ');
  if (receipt.fallbackReason === reason) return;
  receipt.fallbackReason = reason;
  const { name: model, deployment } = candidate;
  log({ level: 'info', name: 'fallback', request_id: request.requestId, model, engine: deployment.engine.id, reason });
}

interface Pause {
  readonly delayMs: number;
  readonly problem: Problem;
  readonly model: string;
  readonly number: number;
}

async function* pause(run: Run, { delayMs, problem, model, number }: Pause): AsyncGenerator<GatewayPart, void> {
  const { clock, signal, settings } = run;
  const since = toTimestamp(clock.now());
  const untilMs = clock.monotonic() + delayMs;
  function picture(): PhasePart {
    const left = toSeconds(untilMs - clock.monotonic());
    const reason = `${toSentence(problem.detail)}. Trying again in ${left}, try ${number} of at most ${settings.maxAttempts}`;
    return { type: 'phase', phase: 'retrying', model, reason, since };
  }
  yield* waitFor(sleep(clock, delayMs, signal), { ...run, picture });
}

function toSentence(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

function toSeconds(ms: number): string {
  return ms < 1000 ? 'less than 1 s' : `${Math.round(ms / 1000)} s`;
}
