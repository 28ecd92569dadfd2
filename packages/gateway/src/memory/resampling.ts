import type { Clock } from '@pilotlight/contract';

import type { MemoryWatch } from '../observation/watch-memory.ts';
import { sum } from './holding.ts';
import type { Holder } from './holding.ts';
import { MACHINE } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import { RECOVERY_STEP_MS } from './plan-load.ts';

/** Keeps what the machine says in step with what models came and went: its figures are read every few seconds, loads end in between. */
export interface Resampling {
  /** Models came or went since the machine was read, or what went is late to show. */
  isDue(): boolean;
  /** Reads it; never rejects. */
  run(): Promise<void>;
  /** What was freed a moment ago and does not show yet: an engine's word comes before the memory itself. */
  recoveringOf(pool: string): number;
}

const RECOVERY_MS = 3_000;

export function createResampling(memory: MemoryWatch, ledger: Ledger, clock: Clock): Resampling {
  let seenBytes: ReadonlyMap<string, number> = new Map();
  let seenLoading: ReadonlyMap<string, number> = new Map();
  let seen = '[0]';
  let lookedAtMs = 0;
  let running: Promise<void> | undefined;
  let recovery = { bytes: 0, expectedFreeBytes: 0, untilMs: 0 };

  /** Without file pages, which the machine counts as free, without graphics memory, and without loads under way, which are reserved in full until they end. */
  function heldBytes(holders: readonly Holder[]): ReadonlyMap<string, number> {
    const held = holders.filter(({ standing }) => standing !== 'loading');
    return new Map(
      held.map(({ key, bytes, mappedBytes, gpuBytes = 0 }) => [key, bytes - gpuBytes - Math.min(mappedBytes, bytes - gpuBytes)]),
    );
  }

  function loadingBytes(holders: readonly Holder[]): ReadonlyMap<string, number> {
    return new Map(holders.filter(({ standing }) => standing === 'loading').map(({ key, bytes }) => [key, bytes]));
  }

  /** Who loads is part of it: a load that failed took memory that a look meanwhile saw as used. */
  function signature(holders: readonly Holder[]): string {
    return JSON.stringify([total(heldBytes(holders)), ...loadingBytes(holders).keys()]);
  }

  /** Memory shows as free by itself: no model comes or goes with it. Also once when nobody waits for it any more, so that what is refused then is refused by what is true. */
  function isLate(): boolean {
    const isShort = recovery.bytes > 0 && memory.freeBytes < recovery.expectedFreeBytes;
    return isShort && lookedAtMs < Math.min(recovery.untilMs, clock.monotonic() - RECOVERY_STEP_MS + 1);
  }

  function recoveringBytes(): number {
    if (clock.monotonic() >= recovery.untilMs) return 0;
    return Math.min(recovery.bytes, Math.max(0, recovery.expectedFreeBytes - memory.freeBytes));
  }

  async function read(): Promise<void> {
    const holders = ledger.holdersOf(MACHINE);
    const held = heldBytes(holders);
    const before = signature(holders);
    const goneBytes = sum([...seenBytes], ([key, bytes]) => Math.max(0, bytes - (held.get(key) ?? 0)));
    // What was loaded since takes of what was freed; what was freed before and does not show yet is still to come.
    const moreBytes = total(seenBytes) - total(held);
    const nowMs = clock.monotonic();
    const loading = loadingBytes(holders);
    // How much a load had taken that came to nothing is not known: at most what was reserved for it, which shows beside what is still to come.
    const brokenBytes = sum([...seenLoading], ([key, bytes]) => (loading.has(key) || held.has(key) ? 0 : bytes));
    if (goneBytes > 0) {
      const lateBytes = recoveringBytes();
      recovery = {
        bytes: goneBytes + lateBytes,
        expectedFreeBytes: memory.freeBytes + moreBytes + lateBytes + brokenBytes,
        untilMs: nowMs + RECOVERY_MS,
      };
    } else recovery = { ...recovery, expectedFreeBytes: recovery.expectedFreeBytes + moreBytes + brokenBytes };
    await memory.look();
    lookedAtMs = clock.monotonic();
    seenBytes = held;
    seenLoading = loading;
    seen = before;
    running = undefined;
  }

  return {
    isDue: () => running !== undefined || (memory.totalBytes > 0 && (isLate() || signature(ledger.holdersOf(MACHINE)) !== seen)),
    run: () => (running ??= read()),
    recoveringOf: (pool) => (pool === MACHINE ? recoveringBytes() : 0),
  };
}

function total(held: ReadonlyMap<string, number>): number {
  return sum([...held.values()], (bytes) => bytes);
}
