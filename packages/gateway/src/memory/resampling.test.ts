import { createManualClock } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import type { Holder } from './holding.ts';
import type { Ledger } from './ledger.ts';
import { MACHINE } from './ledger.ts';
import { createResampling } from './resampling.ts';
import type { Resampling } from './resampling.ts';

/** A machine of 10,000 bytes with models on it, whose memory shows as free when the test says so. */
async function setUp(models: Readonly<Record<string, number>>) {
  const clock = createManualClock();
  const held = new Map(Object.entries(models));
  let usedBytes = total(held);
  let freeBytes = 0;
  let looks = 0;
  const memory = {
    totalBytes: 10_000,
    get freeBytes() {
      return freeBytes;
    },
    async look() {
      looks += 1;
      freeBytes = 10_000 - usedBytes;
    },
    [Symbol.dispose]: () => {},
  };
  const loading = new Map<string, number>();
  const holders = (): Holder[] => [
    ...[...held].map(([key, bytes]) => toHolder(key, bytes, 'idle')),
    ...[...loading].map(([key, bytes]) => toHolder(key, bytes, 'loading')),
  ];
  const resampling = createResampling(memory, { holdersOf: holders } as unknown as Ledger, clock);
  await resampling.run();
  return {
    clock,
    resampling,
    unload: (model: string) => void held.delete(model),
    /** A load has taken all its memory, and is not done. */
    beginLoad: (model: string, bytes: number): void => {
      loading.set(model, bytes);
      usedBytes += bytes;
    },
    /** It came to nothing, and gives its memory back at once. */
    breakLoad: (model: string): void => {
      usedBytes -= loading.get(model) ?? 0;
      loading.delete(model);
    },
    finishLoad: (model: string): void => {
      held.set(model, loading.get(model) ?? 0);
      loading.delete(model);
    },
    /** The memory of all that is unloaded is free now. */
    show: () => void (usedBytes = total(held)),
    freeBytes: () => freeBytes,
    looks: () => looks,
  };
}

function total(models: ReadonlyMap<string, number>): number {
  return [...models.values()].reduce((sum, bytes) => sum + bytes, 0);
}

function toHolder(key: string, bytes: number, standing: Holder['standing']): Holder {
  return {
    key,
    model: key,
    bytes,
    standing,
    isPinned: false,
    cannotUnload: false,
    readyAtMs: 0,
    lastUsedMs: 0,
    reloadMs: 0,
    drainMs: 0,
    oldestWaiterMs: undefined,
    mappedBytes: 0,
  };
}

/** As whoever waits for memory does: looks where a look is due. */
async function lookIfDue(resampling: Resampling): Promise<boolean> {
  if (!resampling.isDue()) return false;
  await resampling.run();
  return true;
}

describe('memory that shows as free late', () => {
  it('is looked for again and again, although no model comes or goes meanwhile', async () => {
    const { clock, resampling, unload, show, freeBytes } = await setUp({ a: 4_000, b: 3_000 });
    unload('a');
    expect(await lookIfDue(resampling)).toBe(true);
    expect([freeBytes(), resampling.recoveringOf(MACHINE)]).toEqual([3_000, 4_000]);
    expect(await lookIfDue(resampling)).toBe(false);
    show();
    await clock.advance(500);
    expect(await lookIfDue(resampling)).toBe(true);
    expect([freeBytes(), resampling.recoveringOf(MACHINE)]).toEqual([7_000, 0]);
    await clock.advance(500);
    expect(await lookIfDue(resampling)).toBe(false);
  });

  it('is looked for once more when nobody waits for it any longer, and not after that', async () => {
    const { clock, resampling, unload, looks } = await setUp({ a: 4_000 });
    unload('a');
    await lookIfDue(resampling);
    await clock.advance(3_100);
    expect(resampling.recoveringOf(MACHINE)).toBe(0);
    expect(await lookIfDue(resampling)).toBe(true);
    const before = looks();
    await clock.advance(3_100);
    expect(await lookIfDue(resampling)).toBe(false);
    expect(looks()).toBe(before);
  });

  it('is still to come when another model goes before it shows', async () => {
    const { clock, resampling, unload, show } = await setUp({ a: 4_000, b: 3_000 });
    unload('a');
    await lookIfDue(resampling);
    unload('b');
    await lookIfDue(resampling);
    expect(resampling.recoveringOf(MACHINE)).toBe(7_000);
    show();
    await clock.advance(500);
    await lookIfDue(resampling);
    expect(resampling.recoveringOf(MACHINE)).toBe(0);
  });

  it('is still to come when a load comes to nothing meanwhile, whose memory shows at once', async () => {
    const { clock, resampling, unload, beginLoad, breakLoad, freeBytes } = await setUp({ a: 4_000 });
    beginLoad('b', 3_000);
    await lookIfDue(resampling);
    unload('a');
    await lookIfDue(resampling);
    breakLoad('b');
    await lookIfDue(resampling);
    expect([freeBytes(), resampling.recoveringOf(MACHINE)]).toEqual([6_000, 4_000]);
    await clock.advance(3_100);
    expect(resampling.recoveringOf(MACHINE)).toBe(0);
  });

  it('is still to come when another model was loaded since the last look', async () => {
    const { resampling, unload, beginLoad, finishLoad, freeBytes } = await setUp({ a: 4_000 });
    beginLoad('b', 3_000);
    finishLoad('b');
    unload('a');
    await lookIfDue(resampling);
    expect([freeBytes(), resampling.recoveringOf(MACHINE)]).toEqual([3_000, 4_000]);
  });
});
