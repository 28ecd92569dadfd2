import { describe, expect, it } from 'vitest';

import type { Asker, Situation } from './admission.ts';
import { toOverdueTimes } from './overdue-times.ts';

const asker = (id: number, change: Partial<Asker> = {}): Asker => ({
  id,
  key: `model-${id}`,
  model: `model-${id}`,
  engine: 'engine',
  pool: 'memory',
  needsBytes: 1,
  isInMemory: false,
  sinceMs: 0,
  weight: 1,
  loadMs: 2_000,
  isChosen: false,
  ...change,
});

function timesOf(askers: readonly Asker[], change: Partial<Situation> = {}) {
  const pools = new Map([['memory', { freeBytes: 0, recoveringBytes: 0, holders: [] }]]);
  const situation: Situation = { nowMs: 0, askers, placesLeft: new Map(), pools, maxWaitMs: 30_000, minResidencyMs: 30_000, ...change };
  const times = toOverdueTimes(situation);
  return askers.map((one) => times.get(one));
}

describe('when a waiter has to begin', () => {
  it('is so early that its own load is over at the maximum wait', () => {
    expect(timesOf([asker(1)])).toEqual([{ urgentAtMs: 28_000, overdueAtMs: 28_000 }]);
  });

  it('is earlier by the turn of who comes after it: the stay after this load, as long as the load again, and the load of the other', () => {
    const [first, second] = timesOf([asker(1), asker(2)]);
    expect(second).toEqual({ urgentAtMs: 24_000, overdueAtMs: 28_000 });
    expect(first).toEqual({ urgentAtMs: 20_000, overdueAtMs: 24_000 });
  });

  it('counts from its own beginning, and those after it by theirs', () => {
    const [first, second] = timesOf([asker(1), asker(2, { sinceMs: 10_000 })]);
    expect([first?.overdueAtMs, second?.overdueAtMs]).toEqual([28_000, 38_000]);
  });

  it('is never before half of the maximum wait, however long the turns are', () => {
    const times = timesOf([asker(1, { loadMs: 20_000 }), asker(2, { loadMs: 20_000 })]);
    expect(times).toEqual([
      { urgentAtMs: 15_000, overdueAtMs: 15_000 },
      { urgentAtMs: 15_000, overdueAtMs: 15_000 },
    ]);
  });

  it('does not count who waits for other memory', () => {
    expect(timesOf([asker(1), asker(2, { pool: 'elsewhere' })])[0]).toEqual({ urgentAtMs: 28_000, overdueAtMs: 28_000 });
  });

  it('counts a model that stays a shorter time than its load', () => {
    expect(timesOf([asker(1), asker(2)], { minResidencyMs: 500 })[0]?.overdueAtMs).toBe(25_500);
  });
});
