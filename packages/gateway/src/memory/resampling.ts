import type { Clock } from '@pilotlight/contract';

import type { MemoryWatch } from '../observation/watch-memory.ts';
import { sum } from './holding.ts';
import type { Holder } from './holding.ts';
import { MACHINE } from './ledger.ts';
import type { Ledger } from './ledger.ts';

/** Keeps what the machine says in step with what models came and went: its figures are read every few seconds, loads end in between. */
export interface Resampling {
  /** Models came or went since the machine was read. */
  isDue(): boolean;
  /** Reads it; never rejects. */
  run(): Promise<void>;
  /** What was freed a moment ago and does not show yet: an engine's word comes before the memory itself. */
  recoveringOf(pool: string): number;
}

const RECOVERY_MS = 3_000;

export function createResampling(memory: MemoryWatch, ledger: Ledger, clock: Clock): Resampling {
  let seenBytes = 0;
  let seen = '[0]';
  let running: Promise<void> | undefined;
  let recovery = { bytes: 0, expectedFreeBytes: 0, untilMs: 0 };

  /** Without file pages, which the machine counts as free, without graphics memory, and without loads under way, which are reserved in full until they end. */
  function heldBytes(holders: readonly Holder[]): number {
    const held = holders.filter(({ standing }) => standing !== 'loading');
    return sum(held, ({ bytes, mappedBytes, gpuBytes = 0 }) => bytes - gpuBytes - Math.min(mappedBytes, bytes - gpuBytes));
  }

  /** Who loads is part of it: a load that failed took memory that a look meanwhile saw as used. */
  function signature(holders: readonly Holder[]): string {
    const loading = holders.filter(({ standing }) => standing === 'loading');
    return JSON.stringify([heldBytes(holders), ...loading.map(({ key }) => key)]);
  }

  async function read(): Promise<void> {
    const holders = ledger.holdersOf(MACHINE);
    const held = heldBytes(holders);
    const before = signature(holders);
    const freed = seenBytes - held;
    if (freed > 0) recovery = { bytes: freed, expectedFreeBytes: memory.freeBytes + freed, untilMs: clock.monotonic() + RECOVERY_MS };
    // What was loaded since takes of what was freed.
    else recovery = { ...recovery, expectedFreeBytes: recovery.expectedFreeBytes + freed };
    await memory.look();
    seenBytes = held;
    seen = before;
    running = undefined;
  }

  return {
    isDue: () => running !== undefined || (memory.totalBytes > 0 && signature(ledger.holdersOf(MACHINE)) !== seen),
    run: () => (running ??= read()),
    recoveringOf(pool) {
      if (pool !== MACHINE || clock.monotonic() >= recovery.untilMs) return 0;
      return Math.min(recovery.bytes, Math.max(0, recovery.expectedFreeBytes - memory.freeBytes));
    },
  };
}
