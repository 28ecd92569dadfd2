import { Problem, sleep, toTimestamp } from '@pilotlight/contract';
import type { GatewayPart, GenerateRequest, PhasePart } from '@pilotlight/contract';

import { backoffMs, isBearable } from '../attempts/backoff.ts';
import { retryOf } from '../attempts/problem-of-failure.ts';
import type { RetryBudget } from '../attempts/retry-budget.ts';
import { loadedOf } from '../lifecycle/state.ts';
import { isFree, toPreferenceWords } from '../routes/candidates.ts';
import type { Candidates, Choice } from '../routes/candidates.ts';
import { attempt } from './attempt.ts';
import type { AttemptPlace, Move, Run, Turn } from './attempt.ts';
import { bringsPrefix } from './kept-answer.ts';
import { lineAfterBreak, mayGoOn, pickNext, widerThan } from './line.ts';
import { withReceipt } from './receipt.ts';
import { waitFor } from './wait-for.ts';
import type { BrokenOff } from './write-answer.ts';

export type Candidate = Choice & AttemptPlace;

export interface Trying {
  readonly route: Candidates<Candidate>;
  readonly budget: RetryBudget;
  /** The candidates as they stand now. */
  readonly findCandidates: (request: GenerateRequest) => Candidates<Candidate>;
  /** The preferred one would have to load it first, and another answers: it is loaded for those who come later, where nothing has to go for it. */
  readonly bringIn: (candidate: Candidate) => void;
}

/** So often a request goes from one wait to another, so that nobody wanders for ever. */
const MOST_MOVES = 3;

/** What is to be tried, and what was. */
interface Course {
  line: readonly Candidate[];
  hopeful: readonly Candidate[];
  rounds: number;
  askedSeconds: number;
  /** The last failure, and the one that broke the answer off after something of it was shown. */
  problem: Problem | undefined;
  /** Parts of the answer that were there when it last broke off. */
  partsBefore: number;
  broken: { readonly problem: Problem; readonly candidate: Candidate } | undefined;
  /** Why it is the next one's turn. */
  reason: string | undefined;
  /** How often it went from one wait to another. */
  moves: number;
  readonly reasons: string[];
}

/**
 * Tries the candidates in order, and those of which more can be hoped again after a pause. Once something of the answer was shown, only those are tried that
 * can go on from it; where none can, it ends with what broke it off.
 */
export async function* tryAll(run: Run, trying: Trying): AsyncGenerator<GatewayPart, void> {
  const { receipt, settings } = run;
  const course = beginCourse(run, trying);
  for (const { candidate, reason } of trying.route.unfit ?? [])
    receipt.passedOver.push({ model: candidate.name, engine: candidate.deployment.engine.id, reason });
  for (;;) {
    const picked = pickNext(course.line, run.id);
    if (!picked) {
      yield* nextRound(run, trying, course);
      continue;
    }
    const { candidate, passedOver } = picked;
    receipt.passedOver.push(...passedOver);
    course.line = course.line.filter((other) => other !== candidate);
    noteFallback(run, { candidate, first: trying.route.first, reasons: course.reasons });
    const end = yield* attempt(run, candidate, toTurn(run, trying, { course, candidate, passedOver }));
    course.reason = undefined;
    if (end.type === 'finished') {
      yield { type: 'finish', reason: end.finish.reason, receipt: receipt.toReceipt(end.finish) };
      return;
    }
    if (end.type === 'moved') {
      moveOn(course, candidate, end.move);
      continue;
    }
    takeFailure(run, course, { candidate, problem: end.problem });
    // Where it only waited, nothing was tried.
    const tries = receipt.attempts.filter(({ outcome }) => outcome !== 'moved');
    if (tries.length >= settings.maxAttempts) throw toEnd(run, course);
  }
}

function beginCourse({ request }: Run, { route, bringIn }: Trying): Course {
  const line = bringsPrefix(request) ? route.candidates.filter(mayGoOn) : route.candidates;
  const [first] = line;
  if (!first) throw new Problem('continue_not_supported', `${route.candidates[0].name} does not go on from the beginning of an answer`);
  const reason = toPreferenceWords(first, line, ({ deployment }) => deployment.engine.id);
  const [preferred] = line.filter(({ name }) => name === first.name).toSorted((a, b) => a.engineRank - b.engineRank);
  if (preferred && preferred !== first && isFree(first, false)) bringIn(preferred);
  return {
    line,
    hopeful: [],
    rounds: 1,
    askedSeconds: 0,
    problem: undefined,
    broken: undefined,
    partsBefore: 0,
    reason,
    moves: 0,
    reasons: [...route.skipped],
  };
}

interface Chosen {
  readonly course: Course;
  readonly candidate: Candidate;
  readonly passedOver: readonly { readonly reason: string }[];
}

function toTurn(run: Run, trying: Trying, { course, candidate, passedOver }: Chosen): Turn {
  const { broken } = course;
  const brokenOff: BrokenOff | undefined = broken && { from: broken.candidate.name, reason: toSeamWords(broken) };
  const isAlone = !trying.route.candidates.some((other) => other.name === candidate.name && other.deployment !== candidate.deployment);
  const reason = course.reason ?? passedOver[0]?.reason;
  return {
    reason,
    brokenOff,
    ...(!isAlone && { lookAround: (waitedMs, isLastChance) => lookAround(run, trying, { course, candidate, waitedMs, isLastChance }) }),
  };
}

/** With the engine, where there are several of that name. */
function toSeamWords({ candidate, problem }: NonNullable<Course['broken']>): string {
  return `${candidate.name} at ${candidate.deployment.engine.id} broke off: ${problem.detail.replace(/\.$/, '')}`;
}

interface Waiting {
  readonly course: Course;
  readonly candidate: Candidate;
  readonly waitedMs: number;
  /** It waits no longer: now or never. */
  readonly isLastChance: boolean;
}

/** After the wait that the owner allows: another engine that would take the request at once, or, for one that waits for its turn and not for a load, after a load. */
function lookAround(run: Run, { findCandidates }: Trying, { course, candidate, waitedMs, isLastChance }: Waiting): Move | undefined {
  if ((waitedMs < run.settings.spillAfterMs && !isLastChance) || course.moves >= MOST_MOVES) return undefined;
  const waitsForTurn = candidate.deployment.state.lifecycle.phase === 'busy';
  const to = findCandidates(run.request).candidates.find(
    (other) =>
      other.name === candidate.name &&
      other.deployment !== candidate.deployment &&
      isFree(other, waitsForTurn && run.request.priority !== 'background'),
  );
  if (!to) return undefined;
  const what = waitsForTurn ? 'its turn' : 'its load';
  return { to, reason: `waited ${Math.round(waitedMs / 1000)} s for ${what}; ${to.deployment.engine.id} is free` };
}

/** Where it was is still better than nothing, and may be free before the other has loaded. */
function moveOn(course: Course, from: Candidate, { to, reason }: Move): void {
  course.moves += 1;
  const target = course.line.find(({ deployment }) => deployment === to.deployment) ?? { ...from, ...to };
  course.line = [target, ...course.line.filter((other) => other !== target), from];
  course.reason = `${from.deployment.engine.id} was left: ${reason}`;
}

interface FailedTry {
  readonly candidate: Candidate;
  readonly problem: Problem;
}

/** Decides what may still be tried. Throws where nothing more can be hoped. */
function takeFailure(run: Run, course: Course, { candidate, problem }: FailedTry): void {
  course.problem = problem;
  course.reasons.push(`${candidate.name}: ${problem.detail}`);
  const retry = retryOf(problem);
  const isHopeful = retry === 'again' && isBearable(problem.retryAfterSeconds);
  if (isHopeful) course.askedSeconds = Math.max(course.askedSeconds, problem.retryAfterSeconds ?? 0);
  if (run.kept.isVisible) {
    takeBreak(run, course, { candidate, problem, isHopeful });
    return;
  }
  if (problem.code === 'context_too_long') {
    course.line = widerThan(course.line, contextOf(run, candidate), (other) => contextOf(run, other));
    course.hopeful = [];
    return;
  }
  if (retry === 'never') throw toEnd(run, course);
  if (isHopeful) course.hopeful = [...course.hopeful, candidate];
}

interface Break extends FailedTry {
  readonly isHopeful: boolean;
}

/** Something was shown. A try that added nothing to it leaves the answer as broken off as it was, and by what it was. */
function takeBreak({ kept, receipt }: Run, course: Course, { candidate, problem, isHopeful }: Break): void {
  const hasWritten = kept.parts > course.partsBefore;
  if (course.broken && !hasWritten) {
    if (isHopeful) course.hopeful = [...course.hopeful, candidate];
    return;
  }
  course.broken = { problem, candidate };
  course.partsBefore = kept.parts;
  if (retryOf(problem) === 'never' || !kept.canGoOn) throw withReceipt(problem, receipt.toReceipt());
  // Those that only wait for another try of their own may go on as well.
  const line = lineAfterBreak([...course.line, ...course.hopeful], candidate, isHopeful);
  course.line = line.now;
  course.hopeful = line.later;
}

/** Tokens that it takes for certain, as far as that is known. */
function contextOf({ settings }: Run, { name, description, deployment }: Candidate): number | undefined {
  const loaded = loadedOf(deployment.state.lifecycle)?.contextLength;
  return loaded ?? settings.profiles[name]?.contextLength ?? description.memoryFacts?.defaults.contextLength;
}

/** What the answer ends with: what broke it off, where something of it was shown. */
function toEnd({ receipt }: Run, { broken, problem }: Course): Problem {
  const last = broken?.problem ?? problem;
  if (!last) throw new Error('an end without a failure');
  return withReceipt(last, receipt.toReceipt());
}

/** All have had their turn: those of which more can be hoped get another after a pause, within the budget. */
async function* nextRound(run: Run, { budget }: Trying, course: Course): AsyncGenerator<GatewayPart, void> {
  const { receipt, request, randomness, log } = run;
  const { problem, hopeful } = course;
  const [next] = hopeful;
  using permit = next && budget.take();
  if (!next || !permit || !problem) throw toEnd(run, course);
  const delayMs = backoffMs(course.rounds, randomness, course.askedSeconds);
  const number = receipt.attempts.length + 1;
  const { name: model } = next;
  log({ level: 'info', name: 'retry', request_id: request.requestId, model, attempt: number, delay_ms: delayMs, code: problem.code });
  yield* pause(run, { delayMs, problem, model, number });
  Object.assign(course, { line: hopeful, hopeful: [], rounds: course.rounds + 1, askedSeconds: 0 });
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
