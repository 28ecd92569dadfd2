import { describe, expect, it } from 'vitest';

import type { Holder } from './holding.ts';
import { planWithGraphics, toFreeInAll, toGraphicsShare, toRest } from './plan-with-graphics.ts';
import type { PlacedQuestion } from './plan-with-graphics.ts';

function holder(model: string, bytes: number, facts: Partial<Holder> = {}): Holder {
  const times = { readyAtMs: undefined, lastUsedMs: 0, reloadMs: 1000, drainMs: 0, oldestWaiterMs: undefined, mappedBytes: 0 };
  return { key: model, model, bytes, standing: 'idle', isPinned: false, cannotUnload: false, ...times, ...facts };
}

/** A load of 4,000 on a machine with 10,000 of graphics memory and 8,000 of its own, both free, and no budget. */
function question(facts: Partial<PlacedQuestion> = {}): PlacedQuestion {
  return {
    key: 'new',
    needsBytes: 4000,
    takesGraphics: true,
    freeBytes: 8000,
    graphics: { freeBytes: 10_000, budgetFreeBytes: Number.POSITIVE_INFINITY },
    holders: [],
    recoveringBytes: 0,
    nowMs: 100_000,
    sinceMs: 0,
    isOverdue: false,
    minResidencyMs: 0,
    ...facts,
  };
}

const FULL = { freeBytes: 0, budgetFreeBytes: Number.POSITIVE_INFINITY };
const modelsOf = (holders: readonly Holder[]): readonly string[] => holders.map(({ model }) => model);

describe('a load on a machine with graphics memory', () => {
  it('goes into graphics memory whole, and needs nothing of the machine’s', () => {
    expect(toGraphicsShare(question())).toBe(4000);
    expect(planWithGraphics(question({ freeBytes: 0 }))).toEqual({ type: 'fits' });
  });

  it('takes of the machine’s memory alone where its engine does not use graphics', () => {
    const plan = planWithGraphics(question({ takesGraphics: false, freeBytes: 3000 }));
    expect(plan).toEqual({ type: 'never', mostBytes: 3000, fixed: [] });
  });

  it('gets what there is of graphics memory and the rest from the machine where it cannot be whole', () => {
    const large = { needsBytes: 15_000 };
    expect(toGraphicsShare(question(large))).toBe(10_000);
    expect(planWithGraphics(question(large))).toEqual({ type: 'fits' });
    expect(planWithGraphics(question({ ...large, freeBytes: 4999 }))).toMatchObject({ type: 'never', mostBytes: 14_999 });
  });

  it('has what is in graphics memory leave for it, and not what is in the machine’s', () => {
    const holders = [holder('here', 9000), holder('there', 6000, { gpuBytes: 6000 }), holder('small', 500, { gpuBytes: 500 })];
    const plan = planWithGraphics(question({ holders, graphics: { ...FULL, freeBytes: 3500 } }));
    expect(plan).toMatchObject({ type: 'unload', drains: false });
    expect(plan.type === 'unload' && modelsOf(plan.victims)).toEqual(['small']);
  });

  it('names each victim once, with all it holds, and spares one that the other kind of memory was chosen for', () => {
    // In graphics memory the small one is enough and cheaper, outside of it only the one that lies in both: without that, the small one may stay.
    const holders = [holder('small', 2000, { gpuBytes: 2000 }), holder('both', 12_000, { gpuBytes: 6000 })];
    const needs = { needsBytes: 13_000, freeBytes: 0, graphics: { ...FULL, freeBytes: 2000 } };
    expect(toGraphicsShare(question({ ...needs, holders }))).toBe(10_000);
    const all = planWithGraphics(question({ ...needs, holders }));
    expect(all.type === 'unload' && modelsOf(all.victims)).toEqual(['small', 'both']);
    // Here the budget is what takes the large one, and that frees enough of graphics memory as well.
    const one = planWithGraphics(question({ needsBytes: 3000, holders, graphics: { freeBytes: 2000, budgetFreeBytes: -2000 } }));
    expect(one.type === 'unload' && modelsOf(one.victims)).toEqual(['both']);
  });

  it('waits for what is in use in the one kind, though the other is free', () => {
    const holders = [holder('busy', 10_000, { gpuBytes: 10_000, standing: 'busy' })];
    expect(planWithGraphics(question({ holders, graphics: FULL }))).toMatchObject({ type: 'wait', reason: 'in_use', holders });
    const drained = planWithGraphics(question({ holders, graphics: FULL, isOverdue: true }));
    expect(drained).toEqual({ type: 'unload', victims: holders, drains: true });
  });

  it('keeps to the budget, which is for both kinds together', () => {
    const graphics = { freeBytes: 10_000, budgetFreeBytes: 3000 };
    expect(planWithGraphics(question({ graphics }))).toMatchObject({ type: 'never', mostBytes: 3000 });
    const holders = [holder('a', 2000, { gpuBytes: 2000 })];
    expect(planWithGraphics(question({ graphics, holders }))).toMatchObject({ type: 'unload', victims: holders });
  });

  it('says of a pinned model what it holds in all', () => {
    const holders = [holder('pinned', 9000, { gpuBytes: 4000, isPinned: true })];
    const plan = planWithGraphics(question({ needsBytes: 20_000, holders }));
    expect(plan).toEqual({ type: 'never', mostBytes: 18_000, fixed: holders, isWithGraphics: true });
  });

  it('is let in where nobody can tell how much graphics memory there is', () => {
    expect(planWithGraphics(question({ freeBytes: 0, graphics: { ...FULL, freeBytes: Number.POSITIVE_INFINITY } }))).toEqual({
      type: 'fits',
    });
  });
});

describe('what is left and what is free', () => {
  it('is less by what each of those who come first has in it', () => {
    const taking = [holder('a', 3000, { gpuBytes: 2000 })];
    expect(toRest({ freeBytes: 8000, graphics: { freeBytes: 10_000, budgetFreeBytes: 12_000 } }, taking)).toEqual({
      freeBytes: 7000,
      graphics: { freeBytes: 8000, budgetFreeBytes: 9000 },
    });
    expect(toRest({ freeBytes: 8000 }, taking)).toEqual({ freeBytes: 5000 });
  });

  it('counts graphics memory for those alone who take it', () => {
    const free = { freeBytes: 8000, graphics: { freeBytes: 10_000, budgetFreeBytes: 17_000 } };
    expect([toFreeInAll(free, true), toFreeInAll(free, false), toFreeInAll({ freeBytes: 5 }, true)]).toEqual([17_000, 8000, 5]);
  });
});
