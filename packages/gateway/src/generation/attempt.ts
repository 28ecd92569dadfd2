import { EngineError, Problem } from '@pilotlight/contract';
import type { Clock, GatewayPart, GenerateRequest, LaunchProfile, ModelDescription, Randomness } from '@pilotlight/contract';

import { isOfRequest, retryOf, toCause, toProblem } from '../attempts/problem-of-failure.ts';
import type { Deployment } from '../deployments/deployment.ts';
import { loadedOf } from '../lifecycle/state.ts';
import type { Loaded } from '../lifecycle/state.ts';
import type { Log } from '../log.ts';
import type { Settings } from '../settings.ts';
import { applyOptions, keepUntil, profileOf } from './apply-options.ts';
import type { AppliedOptions } from './apply-options.ts';
import type { Bell } from './bell.ts';
import type { Granted } from './compose-and-stream.ts';
import type { KeptAnswer } from './kept-answer.ts';
import type { PhaseFeed } from './phase-feed.ts';
import type { ReceiptDraft } from './receipt.ts';
import type { AnswerProgress, EngineFinish } from './stream-answer.ts';
import type { QueueLimit } from './time-limits.ts';
import { MovedOn, waitForGrant } from './wait-for-grant.ts';
import { writeAnswer } from './write-answer.ts';
import type { BrokenOff } from './write-answer.ts';

/** What all tries of one answer share. */
export interface Run {
  /** Of this answer alone. */
  readonly id: string;
  readonly request: GenerateRequest;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly settings: Settings;
  readonly log: Log;
  readonly bell: Bell;
  readonly feed: PhaseFeed;
  readonly receipt: ReceiptDraft;
  /** What of the answer was shown. */
  readonly kept: KeptAnswer;
  /** Counted or guessed, of the whole prompt. */
  readonly promptTokens: number;
  /** How long it may wait for its turn; undefined: as long as it takes. */
  readonly queueLimit: QueueLimit | undefined;
  /** Whose load goes on at the engine. */
  readonly loadAhead: (engine: string) => string | undefined;
  /** The engine may have gone: have it looked at. */
  readonly suspect: (engine: string) => void;
  /** Nothing came out of this deployment for too long: finds out, in the place that is still held, whether anything does. */
  readonly tryInPlace: (deployment: Deployment, description: ModelDescription) => Promise<void>;
}

/** How one try came to be. */
export interface Turn {
  /** Why it is this one's turn, where that needs a word. */
  readonly reason?: string | undefined;
  readonly brokenOff?: BrokenOff | undefined;
  /** Asked once a second while it waits, and once more before it waits no longer: where it would be served sooner. */
  readonly lookAround?: (waitedMs: number, isLastChance: boolean) => Move | undefined;
}

/** It is better off elsewhere. */
export interface Move {
  readonly to: AttemptPlace;
  readonly reason: string;
}

export interface AttemptPlace {
  readonly deployment: Deployment;
  readonly description: ModelDescription;
}

export type AttemptEnd =
  | { readonly type: 'finished'; readonly finish: EngineFinish }
  /** `isVisible`: something of the answer was shown, so it cannot be tried again unnoticed. */
  | { readonly type: 'failed'; readonly problem: Problem; readonly isVisible: boolean }
  /** It waited here, and goes elsewhere. */
  | { readonly type: 'moved'; readonly move: Move };

/** One try of one deployment: waits for a grant, streams, and gives everything back. Returns how it ended; throws only the signal's reason. */
export async function* attempt(run: Run, place: AttemptPlace, turn: Turn = {}): AsyncGenerator<GatewayPart, AttemptEnd> {
  const { clock, signal, receipt, kept } = run;
  const { deployment, description } = place;
  const startedMs = clock.monotonic();
  const before = { queueMs: receipt.queueMs, loadMs: receipt.loadMs };
  const progress: AnswerProgress = { firstTokenMs: undefined };
  const where = { model: description.name, engine: deployment.engine.id };
  let loaded: Loaded | undefined;
  let end: AttemptEnd | undefined;
  receipt.place = where;
  try {
    const wait = waitForGrant(run, place, turn);
    using lease = wait.lease;
    loaded = yield* wait.parts;
    receipt.contextLength = loaded.contextLength;
    receipt.profile = loaded.profile;
    const grantedMs = clock.monotonic();
    const { settings } = run;
    const applied = toApplied(run, place, loaded);
    receipt.applied = applied;
    // Another client may have loaded it with another context since the grant.
    const grantedAs = loaded;
    const profile = (): LaunchProfile => profileOf(loadedOf(deployment.state.lifecycle) ?? grantedAs, settings.profiles[description.name]);
    const request = { ...run.request, options: applied.options };
    const finish = yield* writeOrTry({ ...run, request, lease, place, loaded, profile }, progress, turn);
    deployment.record.keepUntilMs = Math.max(deployment.record.keepUntilMs, keepUntil(applied, clock.monotonic()));
    lease.complete();
    deployment.breaker.answered();
    deployment.record.addAnswer({ ...progress, durationMs: clock.monotonic() - grantedMs, usage: finish.usage, timings: finish.timings });
    end = { type: 'finished', finish };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof MovedOn) end = { type: 'moved', move: error.move };
    else end = { type: 'failed', problem: toFailure(run, { place, loaded, error }), isVisible: kept.isVisible };
  } finally {
    if (!turn.brokenOff) receipt.firstTokenMs = progress.firstTokenMs;
    receipt.reasoningMs = progress.reasoningMs ?? receipt.reasoningMs;
    if (end?.type !== 'failed' && end?.type !== 'finished') deployment.breaker.ended(run.id);
    const durationMs = Math.round(clock.monotonic() - startedMs);
    const outcome = end?.type ?? 'stopped';
    receipt.attempts.push({ ...where, outcome, ...toNoted(turn, { end, stopped: signal.reason }), duration_ms: durationMs });
    const waited = { queue_ms: Math.round(receipt.queueMs - before.queueMs), load_ms: Math.round(receipt.loadMs - before.loadMs) };
    report(run, { ...where, outcome, ...waited, duration_ms: durationMs }, { end, progress });
  }
  return end;
}

function toApplied({ request, settings }: Run, { deployment, description }: AttemptPlace, loaded: Loaded): AppliedOptions {
  const { options: stated } = request;
  const defaults = settings.modelOptions[description.name] ?? {};
  return applyOptions({ stated, defaults, engine: deployment.engine, description, loaded, keepAliveMs: settings.keepAliveMs });
}

/** An answer that stalls keeps its place until it is known whether anything comes out of the model at all. */
async function* writeOrTry(granted: Granted, progress: AnswerProgress, { brokenOff }: Turn): AsyncGenerator<GatewayPart, EngineFinish> {
  const { lease, place, tryInPlace } = granted;
  try {
    return yield* writeAnswer(granted, progress, brokenOff);
  } catch (error) {
    const hasStalled = error instanceof Problem && (error.code === 'first_token_timeout' || error.code === 'answer_stalled');
    if (hasStalled) lease.beforeRelease(() => tryInPlace(place.deployment, place.description));
    throw error;
  }
}

interface Ended {
  readonly end: AttemptEnd | undefined;
  /** Without an end: for what reason it was stopped. */
  readonly stopped: unknown;
}

function toNoted({ reason, brokenOff }: Turn, { end, stopped }: Ended): Partial<ReceiptDraft['attempts'][number]> {
  return {
    ...(reason !== undefined && { reason }),
    ...(brokenOff && { continued: true }),
    ...(end?.type === 'failed' && { code: end.problem.code, detail: end.problem.detail }),
    ...(end?.type === 'moved' && { detail: end.move.reason }),
    ...(end === undefined && stopped instanceof Problem && { code: stopped.code, detail: stopped.detail }),
  };
}

interface Failure {
  readonly place: AttemptPlace;
  readonly loaded: Loaded | undefined;
  readonly error: unknown;
}

/** What the failure is for people; what it says about the deployment and its engine is passed on to those who follow them. */
function toFailure(run: Run, { place: { deployment }, loaded, error }: Failure): Problem {
  const problem = toProblem(error, 'answer');
  if (isOfRequest(problem) || !loaded) deployment.breaker.ended(run.id);
  else {
    deployment.record.addFailure();
    deployment.breaker.failed(problem, run.id);
  }
  if (!(error instanceof EngineError)) return problem;
  const { failure } = error;
  if (failure === 'unreachable' || failure === 'cut') run.suspect(deployment.engine.id);
  if (loaded && (failure === 'died' || failure === 'absent' || failure === 'out_of_memory')) {
    deployment.dispatch({ type: 'model-lost', loadId: loaded.loadId, cause: toCause(problem) });
  }
  // It is on the disk, or there would have been no grant: it only left memory, which the next try repairs.
  return failure === 'absent' && loaded ? new Problem('engine_died', problem.detail, { source: 'upstream', cause: error }) : problem;
}

interface ReportFacts {
  readonly end: AttemptEnd | undefined;
  readonly progress: AnswerProgress;
}

type ReportedAttempt = Parameters<Log>[0] & { readonly name: 'attempt' };

function report(
  { log, request, signal }: Run,
  fields: Omit<ReportedAttempt, 'name' | 'level' | 'request_id'>,
  { end, progress }: ReportFacts,
): void {
  const tokens = end?.type === 'finished' ? end.finish.usage.completionTokens : undefined;
  log({
    ...fields,
    name: 'attempt',
    level: end?.type === 'failed' ? 'warn' : 'info',
    request_id: request.requestId,
    ...(progress.firstTokenMs !== undefined && { first_token_ms: Math.round(progress.firstTokenMs) }),
    ...(tokens !== undefined && { completion_tokens: tokens }),
    ...(end?.type === 'failed' && toLogged(end.problem)),
    ...(end === undefined && signal.reason instanceof Problem && { code: signal.reason.code }),
  });
}

/** An engine that calls the request itself wrong often repeats it: of that the log takes the code alone, never words that may be the prompt's. */
function toLogged(problem: Problem): Pick<ReportedAttempt, 'code' | 'detail' | 'cause'> {
  const { code, detail, source, cause } = problem;
  return source === 'upstream' && retryOf(problem) === 'never' ? { code } : { code, detail, cause };
}
