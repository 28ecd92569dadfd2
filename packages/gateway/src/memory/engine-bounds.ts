import { toSize } from './memory-words.ts';

/** What was learned of the memory of an engine elsewhere. */
export interface EngineBounds {
  /** Which it was: another version or address may have another memory. */
  readonly version: string | undefined;
  readonly address: string;
  /** The most that was in its memory at once; 0: nothing was seen. */
  readonly fitsBytes: number;
  /** The least that did not fit into it together, and when that was seen. */
  readonly failsBytes?: number | undefined;
  readonly failsAtMs?: number | undefined;
  /** The least that a load needed that failed for memory with nothing beside it, and when. */
  readonly aloneBytes?: number | undefined;
  readonly aloneAtMs?: number | undefined;
}

/** A model that its engine says is in memory. */
export interface Row {
  readonly name: string;
  readonly bytes: number;
  readonly expiresAtMs: number | undefined;
}

export interface Sight {
  readonly before: readonly Row[];
  readonly now: readonly Row[];
  /** When it was asked, on the wall. */
  readonly atMs: number;
  /** Those of `before` that nobody here has told to go. */
  readonly untold: ReadonlySet<string>;
}

/** An upper bound is tried again after so long: memory can be added without a word. */
const KEPT_MS = 7 * 24 * 3600 * 1000;
/** Ollama puts a model out when it has three for each card, or three without one, whatever memory there is. */
const OLLAMA_COUNT = 3;
/** The last seconds of a model's time may be over by the clock of its engine. */
const CLOCK_MS = 5_000;

export function noBounds(address: string, version: string | undefined): EngineBounds {
  return { version, address, fitsBytes: 0 };
}

/** What a look at the models in memory adds: what fits together, and what did not when one came and another one had to go. */
export function learnFromSight(bounds: EngineBounds, { before, now, atMs, untold }: Sight): EngineBounds {
  const fitsBytes = Math.max(bounds.fitsBytes, total(now));
  const known = new Set(now.map(({ name }) => name));
  const evicted = before.filter(
    ({ name, expiresAtMs = Infinity }) => !known.has(name) && untold.has(name) && expiresAtMs > atMs + CLOCK_MS,
  );
  const isArrival = now.some(({ name }) => before.every((row) => row.name !== name));
  const isOfCount = before.length % OLLAMA_COUNT === 0;
  const next = { ...bounds, fitsBytes };
  if (evicted.length === 0 || !isArrival || isOfCount) return next;
  return withFailure(next, total(now) + total(evicted), atMs);
}

/** A load failed for memory, with so much beside it. */
export function learnFromFailure(bounds: EngineBounds, { needsBytes, besideBytes, atMs }: FailedLoad): EngineBounds {
  if (besideBytes > 0) return withFailure(bounds, needsBytes + besideBytes, atMs);
  return { ...bounds, aloneBytes: Math.min(bounds.aloneBytes ?? Infinity, needsBytes), aloneAtMs: atMs };
}

export interface FailedLoad {
  readonly needsBytes: number;
  readonly besideBytes: number;
  readonly atMs: number;
}

/** What is in no more doubt: an upper bound that something larger was seen within, or that is old, says nothing. */
function withFailure(bounds: EngineBounds, failsBytes: number, atMs: number): EngineBounds {
  if (failsBytes <= bounds.fitsBytes) return bounds;
  const { together } = toLimits(bounds, atMs);
  return { ...bounds, failsBytes: Math.min(together ?? Infinity, failsBytes), failsAtMs: atMs };
}

export interface Limits {
  /** So much did not fit together. */
  readonly together: number | undefined;
  /** A load that needs so much did not fit alone. */
  readonly alone: number | undefined;
}

/** The upper bounds that hold now. */
export function toLimits({ fitsBytes, failsBytes, failsAtMs = 0, aloneBytes, aloneAtMs = 0 }: EngineBounds, nowMs: number): Limits {
  const holds = (bytes: number | undefined, atMs: number): number | undefined =>
    bytes !== undefined && bytes > fitsBytes && nowMs - atMs < KEPT_MS ? bytes : undefined;
  return { together: holds(failsBytes, failsAtMs), alone: holds(aloneBytes, aloneAtMs) };
}

/** What models may take together by what was learned; undefined: no end was seen. */
export function toLearnedBudget({ together, alone }: Limits): number | undefined {
  const least = Math.min(together ?? Infinity, alone ?? Infinity);
  return Number.isFinite(least) ? least - 1 : undefined;
}

/** What a load asks for of that: one that only failed beside others, or never, is let in by itself. */
export function toAskedBytes(needsBytes: number, limits: Limits): number {
  const budget = toLearnedBudget(limits);
  if (budget === undefined || (limits.alone !== undefined && needsBytes >= limits.alone)) return needsBytes;
  return Math.min(needsBytes, budget);
}

/** "was seen to hold 12 GB at once, and not 16 GB". */
export function toBoundsWords({ fitsBytes }: EngineBounds, { together, alone }: Limits): string {
  const parts = [
    ...(fitsBytes > 0 ? [`was seen to hold ${toSize(fitsBytes)} at once`] : []),
    ...(together === undefined ? [] : [`could not hold ${toSize(together)} together`]),
    ...(alone === undefined ? [] : [`could not load a model of ${toSize(alone)}`]),
  ];
  return parts.length === 0 ? 'nothing was seen in it yet' : parts.join(', and ');
}

/** What was written down of it; undefined for whatever this program did not write. */
export function parseBounds(text: string): EngineBounds | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const fields = value as Readonly<Record<string, unknown>>;
    const { version, address, fitsBytes } = fields;
    const areFigures = ['failsBytes', 'failsAtMs', 'aloneBytes', 'aloneAtMs'].every(
      (name) => fields[name] === undefined || isFigure(fields[name]),
    );
    const isOurs =
      typeof address === 'string' && (version === undefined || typeof version === 'string') && isFigure(fitsBytes) && areFigures;
    return isOurs ? (value as EngineBounds) : undefined;
  } catch {
    return undefined;
  }
}

function isFigure(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function total(rows: readonly Row[]): number {
  return rows.reduce((sum, { bytes }) => sum + bytes, 0);
}
