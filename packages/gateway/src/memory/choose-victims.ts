import { sum } from './holding.ts';
import type { Holder } from './holding.ts';

/** Up to so many candidates every set is tried. */
const ALL_SETS_UP_TO = 10;
const RECENT_MS = 60_000;

/** What it would cost to be without it: reload time × size, less the longer nobody has used it. */
function costOf({ reloadMs, bytes, lastUsedMs }: Holder, nowMs: number): number {
  const idleMs = Math.max(0, nowMs - lastUsedMs);
  return Math.max(1, reloadMs) * Math.max(1, bytes) * (RECENT_MS / (RECENT_MS + idleMs));
}

/** The set that frees enough and costs least, with no member that could stay; undefined if all together do not free enough. */
export function chooseVictims(candidates: readonly Holder[], neededBytes: number, nowMs: number): readonly Holder[] | undefined {
  if (neededBytes <= 0) return [];
  if (sum(candidates, ({ bytes }) => bytes) < neededBytes) return undefined;
  const byCost = candidates.toSorted((a, b) => costOf(a, nowMs) - costOf(b, nowMs));
  return byCost.length <= ALL_SETS_UP_TO ? cheapestSet(byCost, neededBytes, nowMs) : cheapFirst(byCost, neededBytes);
}

function cheapestSet(candidates: readonly Holder[], neededBytes: number, nowMs: number): readonly Holder[] {
  let best: readonly Holder[] = candidates;
  let bestCost = Number.POSITIVE_INFINITY;
  for (let bits = 1; bits < 2 ** candidates.length; bits += 1) {
    const set = candidates.filter((_, index) => Math.floor(bits / 2 ** index) % 2 === 1);
    if (sum(set, ({ bytes }) => bytes) < neededBytes) continue;
    const cost = sum(set, (holder) => costOf(holder, nowMs));
    if (cost < bestCost) [best, bestCost] = [set, cost];
  }
  return best;
}

function cheapFirst(byCost: readonly Holder[], neededBytes: number): readonly Holder[] {
  const taken: Holder[] = [];
  for (const holder of byCost) {
    if (sum(taken, ({ bytes }) => bytes) >= neededBytes) break;
    taken.push(holder);
  }
  // The dearest first: each that can stay stays.
  for (const holder of taken.toReversed()) {
    const rest = taken.filter((other) => other !== holder);
    if (sum(rest, ({ bytes }) => bytes) >= neededBytes) taken.splice(taken.indexOf(holder), 1);
  }
  return taken;
}
