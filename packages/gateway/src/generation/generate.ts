import { Problem } from '@pilotlight/contract';
import type { GatewayPart, GenerateRequest } from '@pilotlight/contract';

import { guessTokens } from '../attempts/deadlines.ts';
import type { RetryBudget } from '../attempts/retry-budget.ts';
import type { Run } from './attempt.ts';
import { createBell } from './bell.ts';
import { createKeptAnswer } from './kept-answer.ts';
import { createPhaseFeed } from './phase-feed.ts';
import { draftReceipt, withReceipt } from './receipt.ts';
import { createQueueLimit, toTimeLimits, watchTotal } from './time-limits.ts';
import { tryAll } from './try-all.ts';
import type { Trying } from './try-all.ts';

type Shared = Pick<Run, 'clock' | 'randomness' | 'settings' | 'log' | 'loadAhead' | 'suspect' | 'tryInPlace'>;

export interface GenerateContext extends Shared, Pick<Trying, 'findCandidates' | 'bringIn'> {
  readonly budget: RetryBudget;
  /** Until the engines have been looked at once, or had their time to answer; undefined: they have. */
  readonly firstLook: () => Promise<void> | undefined;
  /** The generations that run, to be ended with the gateway. */
  readonly running: Set<AbortController>;
}

/** One answer, from the choice of a deployment to its receipt. The contract is `Gateway.generate`. */
export async function* generate(
  context: GenerateContext,
  request: GenerateRequest,
  callerSignal: AbortSignal,
): AsyncGenerator<GatewayPart, void> {
  callerSignal.throwIfAborted();
  await waitForFirstLook(context.firstLook(), callerSignal);
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
  const limits = toTimeLimits({ stated: request.options, model: name, settings: context.settings });
  held.use(watchTotal(context.clock, limits, (problem) => controller.abort(problem)));
  const queueLimit = held.use(createQueueLimit(context.clock, limits));
  const characters = request.messages.reduce((sum, { content }) => sum + content.length, 0);
  const run: Run = {
    ...context,
    id: context.randomness.id(),
    request,
    signal: controller.signal,
    bell,
    feed,
    receipt,
    kept: createKeptAnswer(),
    promptTokens: guessTokens(characters),
    queueLimit,
  };
  try {
    yield* tryAll(run, { ...context, route });
  } catch (error) {
    throw isTotalTimeout(error) ? withReceipt(error, receipt.toReceipt()) : error;
  } finally {
    held.dispose();
  }
}

/** What ends a run from outside of its tries has no receipt yet. */
function isTotalTimeout(error: unknown): error is Problem {
  return error instanceof Problem && error.code === 'total_timeout';
}

/** Before it, that no engine has a model says nothing. Throws the signal's reason as soon as it is aborted. */
async function waitForFirstLook(looking: Promise<void> | undefined, signal: AbortSignal): Promise<void> {
  if (!looking) return;
  const left = Promise.withResolvers<void>();
  const onAbort = (): void => left.resolve();
  signal.addEventListener('abort', onAbort, { once: true });
  await Promise.race([looking, left.promise]);
  signal.removeEventListener('abort', onAbort);
  signal.throwIfAborted();
}
