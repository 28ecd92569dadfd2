import type { LearnedFigure, LearnedFigures } from '@pilotlight/contract';
import { createManualClock } from '@pilotlight/test-kit';
import type { ManualClock } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import type { LogEvent } from '../log.ts';
import { createLearnedBook } from './learned-book.ts';
import type { LearnedBook } from './learned-book.ts';

interface Desk {
  readonly book: LearnedBook;
  readonly clock: ManualClock;
  readonly log: readonly LogEvent[];
  readonly writes: (readonly LearnedFigure[])[];
}

async function setUp(rows: readonly LearnedFigure[] = [], isBroken = false): Promise<Desk> {
  const clock = createManualClock();
  const log: LogEvent[] = [];
  const writes: (readonly LearnedFigure[])[] = [];
  const fail = (): Promise<never> => Promise.reject(new Error('the disk is full'));
  const store: LearnedFigures = {
    learned: () => (isBroken ? fail() : Promise.resolve(rows)),
    keepLearned: (figures) => (isBroken ? fail() : Promise.resolve(void writes.push(figures))),
  };
  const book = createLearnedBook({ store, clock, log: (event) => void log.push(event) });
  await book.read();
  return { book, clock, log, writes };
}

describe('what was learned of models', () => {
  it('is written once for many changes, a little later, and read again by the next run', async () => {
    const { book, clock, writes } = await setUp();
    for (const loadMs of [3000, 4000]) {
      book.of('a').loadMs.add(loadMs);
      book.changed('a');
    }
    book.of('b').loadedBytes.add(500);
    book.of('b').gpuBytes = 300;
    book.changed('b');
    expect(writes).toEqual([]);
    await clock.advance(5_000);
    expect(writes).toEqual([
      [
        { key: 'a', value: '{"loadMs":[3000,4000]}' },
        { key: 'b', value: '{"loadedBytes":[500],"gpuBytes":300}' },
      ],
    ]);
    const again = await setUp(writes[0]);
    expect([
      again.book.of('a').loadMs.median(),
      again.book.of('b').loadedBytes.median(),
      again.book.of('b').gpuBytes,
      again.book.of('c').loadMs.count,
    ]).toEqual([3500, 500, 300, 0]);
  });

  it('counts as older than what was measured before it was read', async () => {
    const { book } = await setUp();
    for (let index = 0; index < 3; index += 1) book.of('a').loadMs.add(1);
    const rows = [{ key: 'a', value: JSON.stringify({ loadMs: Array.from({ length: 20 }, () => 9), gpuBytes: 5 }) }];
    const store: LearnedFigures = { learned: () => Promise.resolve(rows), keepLearned: () => Promise.resolve() };
    const late = createLearnedBook({ store, clock: createManualClock(), log: () => {} });
    late.of('a').loadMs.add(1);
    late.of('a').gpuBytes = 7;
    await late.read();
    expect(late.of('a').loadMs.values()).toEqual([...Array.from({ length: 19 }, () => 9), 1]);
    expect(late.of('a').gpuBytes).toBe(7);
  });

  it.each([['no JSON'], ['[]'], ['null'], ['{"loadMs":3}'], ['{"loadMs":[1,"2"]}'], ['{"loadMs":[-1]}'], ['{"gpuBytes":"many"}']])(
    'leaves out a row that makes no sense, and says so: %s',
    async (value) => {
      const { book, log } = await setUp([
        { key: 'a', value },
        { key: 'b', value: '{"loadMs":[1]}' },
      ]);
      expect([book.of('a').loadMs.count, book.of('b').loadMs.count]).toEqual([0, 1]);
      expect(log).toMatchObject([{ level: 'warn', name: 'fault', doing: 'reading what was learned of models' }]);
    },
  );

  it('is of use without a store that works, which is logged', async () => {
    const { book, clock, log } = await setUp([], true);
    book.of('a').loadMs.add(3000);
    book.changed('a');
    await clock.advance(5_000);
    expect(log.map((event) => event.name === 'fault' && event.doing)).toEqual([
      'reading what was learned of models',
      'keeping what was learned of models',
    ]);
    expect(book.of('a').loadMs.median()).toBe(3000);
  });

  it('leaves no timer behind', async () => {
    const { book, clock } = await setUp();
    book.changed('a');
    book[Symbol.dispose]();
    book.changed('a');
    expect(clock.pending).toBe(0);
  });
});
