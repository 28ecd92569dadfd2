import { describe, expect, it } from 'vitest';

import type { Holder } from '../memory/holding.ts';
import { decideAdmission } from './admission.ts';
import type { Asker, Situation } from './admission.ts';

const MAX_WAIT_MS = 30_000;

function asker(model: string, of: Partial<Asker> = {}): Asker {
  const base = { id: model.charCodeAt(0), engine: 'ollama', pool: 'here', needsBytes: 4000, isInMemory: false, isChosen: false };
  return { ...base, key: model, model, sinceMs: 0, weight: 1, loadMs: 0, ...of };
}

function holder(model: string, of: Partial<Holder> = {}): Holder {
  const times = { readyAtMs: 0, lastUsedMs: 0, reloadMs: 1000, drainMs: 0, oldestWaiterMs: undefined, mappedBytes: 0 };
  return { key: model, model, bytes: 4000, standing: 'busy', isPinned: false, cannotUnload: false, ...times, ...of };
}

function decide(nowMs: number, askers: readonly Asker[], holders: readonly Holder[], freeBytes = 1000): readonly string[] {
  const pools = new Map([['here', { freeBytes, recoveringBytes: 0, holders }]]);
  const limits = { maxWaitMs: MAX_WAIT_MS, minResidencyMs: MAX_WAIT_MS, placesLeft: new Map([['ollama', 2]]) };
  const situation: Situation = { nowMs, askers, pools, ...limits };
  return decideAdmission(situation).map((move) => {
    const victims = move.type === 'unload' ? ` ${move.victims.map(({ model }) => model).join(' ')}${move.drains ? ', drained' : ''}` : '';
    return `${move.asker.model}: ${move.type}${victims}`;
  });
}

describe('the order of loads', () => {
  it('waits for a model in use, and drains it when the maximum wait is over', () => {
    expect(decide(MAX_WAIT_MS - 1, [asker('a')], [holder('x')])).toEqual(['a: wait']);
    expect(decide(MAX_WAIT_MS, [asker('a')], [holder('x')])).toEqual(['a: unload x, drained']);
  });

  it('begins to drain so early that drain and load are over by then, and not before half of it', () => {
    const slow = asker('a', { loadMs: 4000 });
    const writing = holder('x', { drainMs: 2000 });
    expect(decide(MAX_WAIT_MS - 6001, [slow], [writing])).toEqual(['a: wait']);
    expect(decide(MAX_WAIT_MS - 6000, [slow], [writing])).toEqual(['a: unload x, drained']);
    expect(decide(MAX_WAIT_MS / 2 - 1, [asker('a', { loadMs: 90_000 })], [writing])).toEqual(['a: wait']);
  });

  it('does not drain a model before those who have waited longer for it, nor one that was just loaded', () => {
    const overdue = asker('a', { sinceMs: 10_000 });
    expect(decide(50_000, [overdue], [holder('x', { oldestWaiterMs: 9_000 })])).toEqual(['a: wait']);
    expect(decide(50_000, [overdue], [holder('x', { oldestWaiterMs: 11_000 })])).toEqual(['a: unload x, drained']);
    expect(decide(50_000, [overdue], [holder('x', { readyAtMs: 49_500 })])).toEqual(['a: wait']);
  });

  it('lets nobody take the memory that one who is overdue waits for', () => {
    const small = asker('b', { needsBytes: 500, sinceMs: 40_000 });
    const inTheWay = holder('x', { oldestWaiterMs: -1 });
    expect(decide(50_000, [small, asker('a')], [inTheWay])).toEqual(['a: wait', 'b: wait']);
    expect(decide(5_000, [small, asker('a')], [inTheWay])).toEqual(['a: wait', 'b: admit']);
  });

  it('puts the overdue first, then that for which most waits', () => {
    const many = asker('b', { weight: 6, sinceMs: 40_000 });
    expect(decide(50_000, [many, asker('a')], [holder('x', { standing: 'idle' })])[0]).toBe('a: unload x');
    expect(decide(45_000, [asker('a', { sinceMs: 44_000 }), many], [holder('x', { standing: 'idle' })])[0]).toBe('b: unload x');
  });
});
