import type { GpuReading } from '@pilotlight/contract';
import { createManualClock } from '@pilotlight/test-kit';
import type { ManualClock } from '@pilotlight/test-kit';
import { expect, it } from 'vitest';

import type { LogEvent } from '../log.ts';
import { watchGraphics } from './watch-graphics.ts';
import type { GraphicsHeld, GraphicsWatch } from './watch-graphics.ts';

interface Desk extends Disposable {
  readonly clock: ManualClock;
  readonly watch: GraphicsWatch;
  readonly log: readonly LogEvent[];
  readonly state: { freeBytes: number; held: GraphicsHeld; looks: number; changes: number; reading?: GpuReading; fails?: boolean };
}

/** One card of 10,000. */
async function setUp(freeBytes = 8000, reading?: GpuReading): Promise<Desk> {
  const clock = createManualClock();
  const log: LogEvent[] = [];
  const held: GraphicsHeld = { bytes: 0, isMoving: false };
  const state: Desk['state'] = { freeBytes, held, looks: 0, changes: 0, ...(reading && { reading }) };
  const gpus = (): Promise<GpuReading> => {
    state.looks += 1;
    if (state.fails) return Promise.reject(new Error('broken'));
    const card = { name: 'card', totalBytes: 10_000, freeBytes: state.freeBytes, isUnified: false };
    return Promise.resolve(state.reading ?? { gpus: [card] });
  };
  const watch = watchGraphics({
    machine: { cores: 1, memory: () => Promise.resolve({ totalBytes: 1, freeBytes: 1 }), gpus },
    clock,
    log: (event) => void log.push(event),
    held: () => state.held,
    onChange: () => void (state.changes += 1),
  });
  await watch.look();
  return { clock, watch, log, state, [Symbol.dispose]: () => watch[Symbol.dispose]() };
}

it('reads the cards every 10 s, and takes what our models do not have for what others have', async () => {
  using desk = await setUp();
  const { clock, watch, state } = desk;
  expect(watch.supply).toEqual({ totalBytes: 10_000, foreignBytes: 2000 });
  state.freeBytes = 5000;
  await clock.advance(9_999);
  expect(watch.supply?.foreignBytes).toBe(2000);
  await clock.advance(1);
  expect(watch.supply?.foreignBytes).toBe(5000);
  expect(state.changes).toBe(2);
});

it('does not take a model of ours for somebody else’s while it comes or goes, nor just after', async () => {
  using desk = await setUp();
  const { clock, watch, state } = desk;
  // A load under way: 4,000 are there already, and by our account none.
  await clock.advance(9_000);
  state.held = { bytes: 0, isMoving: true };
  watch.noteMove();
  state.freeBytes = 4000;
  await clock.advance(1_000);
  expect(watch.supply?.foreignBytes).toBe(2000);
  // It is done a second before the next look.
  await clock.advance(9_000);
  state.held = { bytes: 5000, isMoving: false };
  watch.noteMove();
  state.freeBytes = 3500;
  await clock.advance(1_000);
  expect(watch.supply?.foreignBytes).toBe(2000);
  await clock.advance(10_000);
  expect(watch.supply?.foreignBytes).toBe(1500);
});

it('takes a reading in the middle of it after a minute all the same', async () => {
  using desk = await setUp();
  const { clock, watch, state } = desk;
  state.held = { bytes: 1000, isMoving: true };
  state.freeBytes = 1000;
  await clock.advance(50_000);
  expect(watch.supply?.foreignBytes).toBe(2000);
  await clock.advance(10_000);
  expect(watch.supply?.foreignBytes).toBe(8000);
});

it('looks once a minute where there is nothing to count, and finds what comes up later', async () => {
  using desk = await setUp(0, { gpus: [] });
  const { clock, watch, state } = desk;
  expect(watch.supply).toBeUndefined();
  await clock.advance(59_000);
  expect(state.looks).toBe(1);
  state.reading = { gpus: [], unknown: 'nvidia-smi gave no answer within 10 s' };
  await clock.advance(11_000);
  expect(state.looks).toBe(2);
  expect(watch.supply?.totalBytes).toBe(Number.POSITIVE_INFINITY);
  expect(watch.reading.unknown).toBe('nvidia-smi gave no answer within 10 s');
  expect(state.changes).toBe(1);
});

it('keeps what it had where it cannot be read, and logs that', async () => {
  using desk = await setUp();
  const { clock, watch, state, log } = desk;
  state.fails = true;
  await clock.advance(10_000);
  expect(watch.supply?.foreignBytes).toBe(2000);
  expect(log).toMatchObject([{ level: 'warn', name: 'fault', doing: 'graphics memory' }]);
});

it('never looks again on a machine that cannot tell', async () => {
  const clock = createManualClock();
  using watch = watchGraphics({
    machine: { cores: 1, memory: () => Promise.resolve({ totalBytes: 1, freeBytes: 1 }) },
    clock,
    log: () => {},
    held: () => ({ bytes: 0, isMoving: false }),
    onChange: () => expect.unreachable('nothing changed'),
  });
  await watch.look();
  expect([watch.supply, watch.reading]).toEqual([undefined, { gpus: [] }]);
});
