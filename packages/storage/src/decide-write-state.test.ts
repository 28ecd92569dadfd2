import { describe, expect, it } from 'vitest';

import { decideWriteState, neededOf, reserveOf } from './decide-write-state.ts';
import type { Observation, WriteState } from './decide-write-state.ts';

const MIB = 1_048_576;
const disk = (freeMib: number) => ({ freeBytes: freeMib * MIB, totalBytes: 100_000 * MIB });
const looked = (freeMib: number, canWrite?: boolean): Observation => ({ kind: 'looked', space: disk(freeMib), canWrite, atMs: 2 });

const WRITABLE: WriteState = { mode: 'writable', sinceMs: 1 };
const FULL: WriteState = { mode: 'read_only', sinceMs: 1, code: 'storage_full', words: 'The disk is full.', space: disk(0) };

describe('a storage that is written', () => {
  it('stays so while the reserve is there, and where nobody can tell', () => {
    expect(decideWriteState(WRITABLE, looked(32))).toBe(WRITABLE);
    expect(decideWriteState(WRITABLE, { kind: 'looked', space: undefined, canWrite: undefined, atMs: 2 })).toBe(WRITABLE);
  });

  it('becomes read-only before the disk is full, and when something could not be stored', () => {
    expect(decideWriteState(WRITABLE, looked(31))).toMatchObject({ mode: 'read_only', sinceMs: 2, code: 'storage_full' });
    const failed: Observation = {
      kind: 'write-failed',
      code: 'storage_unavailable',
      words: 'The disk reported an error.',
      space: disk(500),
      atMs: 3,
    };
    expect(decideWriteState(WRITABLE, failed)).toMatchObject({ mode: 'read_only', sinceMs: 3, words: 'The disk reported an error.' });
  });
});

describe('a storage that is read-only', () => {
  it('stays so, since the same time, until there is room and something could be stored', () => {
    for (const seen of [looked(33, true), looked(63, true), looked(500, false), looked(500)]) {
      expect(decideWriteState(FULL, seen)).toMatchObject({ mode: 'read_only', sinceMs: 1 });
    }
    expect(decideWriteState(FULL, looked(64, true))).toEqual({ mode: 'writable', sinceMs: 2 });
  });

  it('says what is free now, and what failed last', () => {
    expect(decideWriteState(FULL, looked(5))).toMatchObject({ space: disk(5) });
    const failed: Observation = {
      kind: 'write-failed',
      code: 'storage_unavailable',
      words: 'The database is read-only.',
      space: disk(9),
      atMs: 4,
    };
    expect(decideWriteState(FULL, failed)).toEqual({ ...failed, kind: undefined, atMs: undefined, mode: 'read_only', sinceMs: 1 });
  });

  it('is over by the trial alone where nobody can tell what is free', () => {
    expect(decideWriteState(FULL, { kind: 'looked', space: undefined, canWrite: true, atMs: 2 })).toMatchObject({ mode: 'writable' });
  });
});

it('keeps less back on a small disk', () => {
  const small = { freeBytes: 0, totalBytes: 20 * MIB };
  expect([reserveOf(small), neededOf(small)]).toEqual([MIB, 2 * MIB]);
  expect(reserveOf(disk(0))).toBe(32 * MIB);
});
