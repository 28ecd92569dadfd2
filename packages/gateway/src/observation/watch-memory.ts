import type { Clock, Machine } from '@pilotlight/contract';

import type { Log } from '../log.ts';
import { repeat } from './repeat.ts';

export interface MemoryWatch extends Disposable {
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** Reads it now; resolves when it was read. */
  look(): Promise<void>;
}

export interface MemoryOptions {
  readonly machine: Machine;
  readonly clock: Clock;
  readonly log: Log;
  /** It changed by an amount that can be seen. */
  readonly onChange: () => void;
}

const PERIOD_MS = 5_000;
/** Of the total; what changes less is not worth a message. */
const VISIBLE_SHARE = 0.005;

/** Reads the machine's memory every few seconds, so that no request has to. */
export function watchMemory({ machine, clock, log, onChange }: MemoryOptions): MemoryWatch {
  let memory = { totalBytes: 0, freeBytes: 0 };
  let told = memory;

  const loop = repeat({ clock, periodMs: PERIOD_MS, work: read });

  async function read(): Promise<void> {
    try {
      memory = await machine.memory();
    } catch (error) {
      return log({ level: 'warn', name: 'fault', doing: 'memory', cause: error });
    }
    const isVisible = Math.abs(memory.freeBytes - told.freeBytes) > memory.totalBytes * VISIBLE_SHARE;
    if (!isVisible && memory.totalBytes === told.totalBytes) return;
    told = memory;
    onChange();
  }

  return {
    get totalBytes() {
      return memory.totalBytes;
    },
    get freeBytes() {
      return memory.freeBytes;
    },
    look: () => loop.now(),
    [Symbol.dispose]: () => loop[Symbol.dispose](),
  };
}
