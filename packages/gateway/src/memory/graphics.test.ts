import { describe, expect, it } from 'vitest';

import { assignGraphics, takesGraphics, toCapacity, toFreeGraphics, toGraphicsHeld } from './graphics.ts';
import type { Holder } from './holding.ts';

const CARD = { name: 'card', totalBytes: 10_000, freeBytes: 7000, isUnified: false };
const SUPPLY = { totalBytes: 10_000, foreignBytes: 1000 };

function holder(key: string, bytes: number, facts: Partial<Holder> = {}): Holder {
  const times = { readyAtMs: undefined, lastUsedMs: 0, reloadMs: 1000, drainMs: 0, oldestWaiterMs: undefined, mappedBytes: 0 };
  return { key, model: key, bytes, standing: 'idle', isPinned: false, cannotUnload: false, ...times, ...facts };
}

describe('the graphics memory that is counted', () => {
  it('is that of all cards together, without what is the machine’s own', () => {
    expect(toCapacity({ gpus: [CARD, CARD, { ...CARD, isUnified: true }] })).toEqual({ totalBytes: 20_000, usedBytes: 6000 });
    expect(toCapacity({ gpus: [{ ...CARD, isUnified: true }] })).toBeUndefined();
    expect(toCapacity({ gpus: [] })).toBeUndefined();
  });

  it('has no known end where a card cannot be read, but for what the others have', () => {
    expect(toCapacity({ gpus: [], unknown: 'no answer' })).toEqual({ totalBytes: Number.POSITIVE_INFINITY, usedBytes: 0 });
    expect(toCapacity({ gpus: [CARD], unknown: 'one is lost' })?.totalBytes).toBe(10_000);
  });

  it('is less by what others and our models have in it', () => {
    expect(toFreeGraphics(SUPPLY, [holder('a', 5000, { gpuBytes: 3000 }), holder('b', 5000)])).toBe(6000);
  });

  it('goes to loads under way in turn, as far as it is there', () => {
    const entries = [
      { holder: holder('a', 6000, { standing: 'loading' }), takesGraphics: true },
      { holder: holder('b', 6000, { standing: 'loading' }), takesGraphics: true },
      { holder: holder('c', 6000, { standing: 'loading' }), takesGraphics: false },
      { holder: holder('d', 6000), takesGraphics: true },
    ];
    expect(assignGraphics(entries, SUPPLY).map(({ gpuBytes = 0 }) => gpuBytes)).toEqual([6000, 3000, 0, 0]);
  });

  it('is held by those that are in it; a load under way has none for sure', () => {
    const there = holder('a', 5000, { gpuBytes: 3000 });
    expect(toGraphicsHeld([there, holder('b', 5000)])).toEqual({ bytes: 3000, isMoving: false });
    expect(toGraphicsHeld([there, holder('c', 5000, { gpuBytes: 100, standing: 'loading' })])).toEqual({ bytes: 3000, isMoving: true });
    expect(toGraphicsHeld([{ ...there, standing: 'leaving' }])).toEqual({ bytes: 3000, isMoving: true });
  });
});

describe('whether a load takes graphics memory', () => {
  it.each([
    ['an Ollama of which nothing was seen', 'ollama', [], undefined, true],
    ['the built-in engine of which nothing was seen', 'llama.cpp', [], undefined, false],
    ['the built-in engine that was seen to', 'llama.cpp', [5], undefined, true],
    ['an Ollama that was seen not to', 'ollama', [0, 0], undefined, false],
    ['an Ollama that was seen to', 'ollama', [0, 5], undefined, true],
    ['a model that was seen not to, of one that was seen to', 'ollama', [0, 5], 0, false],
    ['a model that was seen to', 'ollama', [5], 5, true],
  ] as const)('%s', (_, kind, ofEngine, ofModel, expected) => {
    expect(takesGraphics({ kind, ofEngine, ofModel, supply: SUPPLY })).toBe(expected);
  });

  it('is not assumed of anybody where the cards cannot be read', () => {
    const supply = { totalBytes: Number.POSITIVE_INFINITY, foreignBytes: 0 };
    expect(takesGraphics({ kind: 'ollama', ofEngine: [], ofModel: undefined, supply })).toBe(false);
    expect(takesGraphics({ kind: 'ollama', ofEngine: [5], ofModel: undefined, supply })).toBe(true);
  });
});
