import { describe, expect, it } from 'vitest';

import {
  learnFromFailure,
  learnFromSight,
  noBounds,
  parseBounds,
  toAskedBytes,
  toBoundsWords,
  toLearnedBudget,
  toLimits,
} from './engine-bounds.ts';
import type { EngineBounds, Row, Sight } from './engine-bounds.ts';

const WEEK_MS = 7 * 24 * 3600 * 1000;
const NONE = noBounds('http://gpu-1:11434', '0.33.0');

function row(name: string, bytes: number, expiresAtMs: number | undefined = 1e6): Row {
  return { name, bytes, expiresAtMs };
}

function sight(before: readonly Row[], now: readonly Row[], facts: Partial<Sight> = {}): Sight {
  return { before, now, atMs: 1000, untold: new Set(before.map(({ name }) => name)), ...facts };
}

const [A, B, C] = [row('a', 8e9), row('b', 6e9), row('c', 1e9)];

describe('what an engine elsewhere is seen to hold', () => {
  it('fits at least: the most that was there at once', () => {
    const seen = learnFromSight(learnFromSight(NONE, sight([], [A, B])), sight([A, B], [A]));
    expect(seen).toEqual({ ...NONE, fitsBytes: 14e9 });
    expect(toLearnedBudget(toLimits(seen, 1000))).toBeUndefined();
  });

  it('did not fit together where one came and another had gone that nobody told to', () => {
    const seen = learnFromSight(NONE, sight([A], [B]));
    expect(seen).toMatchObject({ fitsBytes: 6e9, failsBytes: 14e9 });
    expect(toBoundsWords(seen, toLimits(seen, 1000))).toBe('was seen to hold 6 GB at once, and could not hold 14 GB together');
  });

  it.each<readonly [string, Sight]>([
    ['we told it to go', sight([A], [B], { untold: new Set() })],
    ['its time was over', sight([row('a', 8e9, 5000)], [B])],
    ['none came', sight([A, B], [A])],
    ['there were three, which is as many as Ollama keeps', sight([A, B, C], [row('d', 1e9), B, C])],
  ])('says nothing of an end where %s', (_, seen) => {
    expect(learnFromSight(NONE, seen).failsBytes).toBeUndefined();
  });

  it('ends no sooner than what was seen to fit, and what fits after all ends an upper bound', () => {
    const large = learnFromSight(NONE, sight([], [A, B]));
    expect(learnFromSight(large, sight([C], [B])).failsBytes).toBeUndefined();
    const failed = learnFromSight(NONE, sight([A], [B]));
    const after = learnFromSight(failed, sight([], [A, B, C]));
    expect(toLimits(after, 1000).together).toBeUndefined();
  });

  it('keeps the least that failed, for a week', () => {
    const twice = learnFromSight(learnFromSight(NONE, sight([A], [B])), sight([B], [row('d', 5e9)], { atMs: 2000 }));
    expect(toLimits(twice, 3000).together).toBe(11e9);
    expect(toLimits(twice, 2000 + WEEK_MS).together).toBeUndefined();
    const later = learnFromSight(twice, sight([A], [B], { atMs: 2000 + WEEK_MS, before: [row('a', 8e9, Infinity)] }));
    expect(later.failsBytes).toBe(14e9);
  });
});

describe('a load that failed for memory', () => {
  it('beside others did not fit with them, and alone does not fit at all', () => {
    const beside = learnFromFailure(NONE, { needsBytes: 5e9, besideBytes: 6e9, atMs: 1000 });
    expect(toLimits(beside, 2000)).toEqual({ together: 11e9, alone: undefined });
    const alone = learnFromFailure(beside, { needsBytes: 20e9, besideBytes: 0, atMs: 1000 });
    expect(toLimits(alone, 2000)).toEqual({ together: 11e9, alone: 20e9 });
  });

  it('has one that only was too much with others ask for all there is, and one that failed alone for what it needs', () => {
    const limits = { together: 11e9, alone: 20e9 };
    expect([5e9, 15e9, 20e9].map((bytes) => toAskedBytes(bytes, limits))).toEqual([5e9, 11e9 - 1, 20e9]);
    expect(toAskedBytes(15e9, { together: undefined, alone: undefined })).toBe(15e9);
  });
});

it('is read again as it was written, and nothing else is', () => {
  const seen: EngineBounds = learnFromSight(NONE, sight([A], [B]));
  expect(parseBounds(JSON.stringify(seen))).toEqual(seen);
  for (const text of ['', '[]', 'null', '{}', JSON.stringify({ ...seen, fitsBytes: -1 }), JSON.stringify({ ...seen, failsBytes: 'much' })])
    expect(parseBounds(text)).toBeUndefined();
});
