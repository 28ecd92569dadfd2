import assert from 'node:assert/strict';

import { mergeOptions } from '@pilotlight/contract';
import type { GatewayPart, Priority } from '@pilotlight/contract';
import type { SeededRandomness } from '@pilotlight/test-kit';

import { codeOf } from '../bench.ts';
import type { Answer, Bench } from '../bench.ts';

/** One request in a world, and what is known about it from outside. */
export interface Asked {
  readonly answer: Answer;
  readonly client: AbortController;
  readonly askedMs: number;
  readonly model: string;
  readonly priority: Priority;
  /** So many words it has when it is whole; undefined: that is not known beforehand. */
  readonly tokens?: number | undefined;
  readonly limits: Limits;
  /** When its client left. */
  leftMs?: number;
  ended?: { readonly error: unknown; readonly atMs: number };
}

/** How long it may take, in seconds. */
export interface Limits {
  /** For its turn. */
  readonly queue?: number;
  /** In all. */
  readonly total?: number;
}

const LIMITED_SHARE = 0.15;
const LONGEST_QUEUE_S = 6;
const LONGEST_TOTAL_S = 15;

/** Most have none. */
export function chooseLimits(chance: SeededRandomness): Limits {
  return {
    ...(chance.chance(LIMITED_SHARE) && { queue: chance.between(0, LONGEST_QUEUE_S) }),
    ...(chance.chance(LIMITED_SHARE) && { total: chance.between(1, LONGEST_TOTAL_S) }),
  };
}

export interface Question {
  readonly model: string;
  readonly priority: Priority;
  readonly tokens?: number;
  readonly limits?: Limits;
}

/** Asks; `asked` gets it. */
export function askIn(bench: Bench, asked: Asked[], { model, priority, tokens, limits = {} }: Question): Asked {
  const client = new AbortController();
  const messages = [{ role: 'user', content: tokens === undefined ? 'hello' : `${tokens} tokens` }] as const;
  const options = mergeOptions({ queue_timeout: limits.queue, total_timeout: limits.total }, {});
  const request = { priority, messages, options, label: `${priority} work`, ...(model !== '' && { model }) };
  const one: Asked = {
    answer: bench.ask(request, client.signal),
    client,
    askedMs: bench.clock.monotonic(),
    model,
    priority,
    tokens,
    limits,
  };
  void one.answer.ended.then((error) => {
    one.ended = { error, atMs: bench.clock.monotonic() };
  });
  asked.push(one);
  return one;
}

/** A client leaves, if it is still there. */
export function leave(bench: Bench, one: Asked | undefined): void {
  if (!one || one.ended) return;
  one.leftMs ??= bench.clock.monotonic();
  one.client.abort(new Error('left'));
}

const FEWEST_RETRIES = 3;
const RETRY_SHARE = 0.2;

/** What holds at every moment, whatever happens in the world. */
export function checkNow({ engines }: Pick<Bench, 'engines'>, asked: readonly Asked[]): void {
  for (const engine of engines) assert.deepEqual(engine.violations, []);
  const since = asked.flatMap((one) => retryingSince(one) ?? []);
  if (since.length <= FEWEST_RETRIES) return;
  // It was right when the last of them began, whoever has come to an end since.
  const lastMs = Math.max(...since);
  const running = asked.filter(
    ({ askedMs, ended, leftMs }) => askedMs <= lastMs && Math.min(ended?.atMs ?? Infinity, leftMs ?? Infinity) >= lastMs,
  );
  assert.ok(since.length <= running.length * RETRY_SHARE, `${since.length} of ${running.length} requests wait for another try`);
}

/** Since when it waits for another try; undefined: it does not. */
function retryingSince({ answer, ended, leftMs }: Asked): number | undefined {
  if (ended || leftMs !== undefined) return undefined;
  const isRetrying = (part: GatewayPart | undefined): boolean => part?.type === 'phase' && part.phase === 'retrying';
  if (!isRetrying(answer.parts.at(-1))) return undefined;
  return answer.times[answer.parts.findLastIndex((part) => !isRetrying(part)) + 1];
}

/** A part comes at least so often: content, or a word about the wait. */
const LONGEST_SILENCE_MS = 10_000;
/** A client that left is let go of in the moment in which it leaves. */
const LETTING_GO_MS = 10;
const UNLOAD_MS = 1_000;
const MOST_MOVES = 3;
const NEVER_SHOWN = /internal_error|continue_not_supported|invalid_request/;

/** What holds of every answer that has come to its end. */
export function checkAnswer(one: Asked, maxAttempts: number): void {
  const { answer, askedMs, leftMs, ended, tokens } = one;
  assert.ok(ended, 'it has no end');
  checkLimits(one);
  const times = [askedMs, ...answer.times, ended.atMs];
  const silences = times.slice(1).map((time, index) => time - (times[index] ?? time));
  assert.ok(Math.max(...silences) <= LONGEST_SILENCE_MS, `its reader heard nothing for ${Math.max(...silences)} ms`);
  if (leftMs !== undefined)
    assert.ok(ended.atMs - leftMs <= LETTING_GO_MS, `it went on for ${ended.atMs - leftMs} ms after its client had left`);
  // Each word once and in order, whatever took over from whatever.
  const text = answer.text();
  const words = text === '' ? 0 : text.trim().split(' ').length;
  assert.equal(text, Array.from({ length: words }, (_, index) => `t${index} `).join(''));
  const finishes = answer.parts.filter(({ type }) => type === 'finish').length;
  if (ended.error === undefined) {
    assert.equal(finishes, 1);
    if (tokens !== undefined) assert.equal(words, tokens);
    checkReceipt(answer, maxAttempts);
  } else {
    assert.equal(finishes, 0);
    assert.ok(ended.error instanceof Error);
    assert.ok(ended.error.name === 'Problem' || ended.error.message === 'left', ended.error.message);
    assert.doesNotMatch(`${'code' in ended.error ? String(ended.error.code) : ''} ${ended.error.message}`, NEVER_SHOWN);
  }
}

/** No request outlives its deadline by more. */
const LATE_MS = 1_000;
/** Words about a change come at most so much later than it. */
const TOLD_MS = 300;
const FOR_ITS_TURN = new Set(['queued', 'draining', 'unloading']);

/** What holds of an answer that has come to its end, if it was not to take longer than so long. */
export function checkLimits({ answer, askedMs, ended, limits: { queue, total } }: Asked): void {
  assert.ok(ended, 'it has no end');
  const code = codeOf(ended.error);
  const tookMs = ended.atMs - askedMs;
  if (total === undefined) assert.notEqual(code, 'total_timeout');
  else {
    assert.ok(tookMs <= total * 1_000 + LATE_MS, `it took ${tookMs} ms of at most ${total} s`);
    if (code === 'total_timeout') assert.ok(tookMs >= total * 1_000, `it was ended after ${tookMs} ms of ${total} s`);
  }
  if (queue === undefined) {
    assert.notEqual(code, 'queue_timeout');
    return;
  }
  const waitedMs = answer.parts.reduce((sum, part, index) => {
    const isWait = part.type === 'phase' && FOR_ITS_TURN.has(part.phase);
    return isWait ? sum + (answer.times[index + 1] ?? ended.atMs) - (answer.times[index] ?? 0) : sum;
  }, 0);
  assert.ok(waitedMs <= queue * 1_000 + LATE_MS, `it waited ${waitedMs} ms for its turn, of at most ${queue} s`);
  if (code === 'queue_timeout') assert.ok(waitedMs >= (queue - 1) * 1_000 - TOLD_MS, `it was refused after ${waitedMs} ms of ${queue} s`);
}

function checkReceipt(answer: Answer, maxAttempts: number): void {
  const last = answer.parts.at(-1);
  assert.equal(last?.type, 'finish');
  if (last?.type !== 'finish') return;
  const { attempts, seams } = last.receipt;
  assert.equal(seams.length, answer.parts.filter(({ type }) => type === 'seam').length);
  const moves = attempts.filter(({ outcome }) => outcome === 'moved').length;
  assert.ok(moves <= MOST_MOVES, `it moved ${moves} times`);
  assert.ok(attempts.length - moves <= maxAttempts, `it was tried ${attempts.length - moves} times, of at most ${maxAttempts}`);
  assert.equal(attempts.at(-1)?.outcome, 'finished');
  for (const { outcome } of attempts.slice(0, -1)) assert.ok(outcome === 'failed' || outcome === 'moved', outcome);
}

/** Nothing that was granted is still held. */
export function checkIdle({ gateway, engines }: Bench): void {
  for (const { name, active, queued } of gateway.models().models)
    assert.deepEqual({ name, active, queued }, { name, active: 0, queued: 0 });
  for (const { id, openStreams, violations } of engines)
    assert.deepEqual({ id, openStreams, violations }, { id, openStreams: 0, violations: [] });
}

const STILL: ReadonlySet<string> = new Set(['ready', 'cold', 'failed', 'absent', 'unknown']);

/** Until nothing loads or leaves; a load that hangs is given up too. */
export async function untilStill({ gateway, clock }: Bench, limitMs: number): Promise<void> {
  const isMoving = (): boolean => gateway.models().models.some(({ phase }) => !STILL.has(phase));
  for (let waitedMs = 0; isMoving() && waitedMs < limitMs; waitedMs += 2_000) await clock.advance(2_000);
  assert.ok(!isMoving(), 'a load has no end');
}

/** The end of a world: a gateway that is gone has left no timer behind. */
export async function close({ gateway, clock, engines }: Bench): Promise<void> {
  await gateway[Symbol.asyncDispose]();
  // What was told to stop unloads what it had.
  await clock.advance(LETTING_GO_MS + UNLOAD_MS);
  // Memory that an engine has yet to free is no timer of the gateway.
  while (engines.some(({ freeingBytes }) => freeingBytes > 0)) await clock.advance(100);
  assert.equal(clock.pending, 0, 'timers are left');
}
