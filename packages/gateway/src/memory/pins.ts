import type { Pins } from '@pilotlight/contract';

import type { Log } from '../log.ts';

/** Which models are never unloaded to make room: those of the settings, and those that somebody pinned, which are stored. */
export interface PinBoard {
  has(model: string): boolean;
  readonly names: ReadonlySet<string>;
  /** Takes what is stored. Never rejects: without it the pins of the settings hold. */
  read(): Promise<void>;
  /** Holds at once; resolves when it is stored. If that fails it does not hold either. */
  set(model: string, isPinned: boolean): Promise<void>;
}

export interface PinBoardOptions {
  readonly ofSettings: readonly string[];
  readonly store: Pins | undefined;
  readonly log: Log;
}

export function createPinBoard({ ofSettings, store, log }: PinBoardOptions): PinBoard {
  const names = new Set(ofSettings);
  /** What was set before the stored ones were read is newer than they. */
  const touched = new Set<string>();

  function mark(model: string, isPinned: boolean): void {
    if (isPinned) names.add(model);
    else names.delete(model);
  }

  return {
    has: (model) => names.has(model),
    names,
    async read() {
      try {
        for (const model of (await store?.pins()) ?? []) if (!touched.has(model)) names.add(model);
      } catch (cause) {
        log({ level: 'warn', name: 'fault', doing: 'read pins', cause });
      }
    },
    async set(model, isPinned) {
      const before = names.has(model);
      touched.add(model);
      mark(model, isPinned);
      try {
        await store?.setPin(model, isPinned);
      } catch (error) {
        mark(model, before);
        throw error;
      }
    },
  };
}
