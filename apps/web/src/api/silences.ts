import type { Clock } from '@pilotlight/contract';

/** A tab that hears nothing from the one that leads reads for itself after this long. */
export const SILENCE_LIMIT_MS = 2500;

export interface Silences {
  /** Calls `onSilence` unless `hear` is called for the same topic in time. */
  listen: (topic: string, onSilence: () => void) => void;
  hear: (topic: string) => void;
  close: () => void;
}

/** Notices that an answer from another tab does not come. */
export function createSilences(clock: Clock): Silences {
  const timers = new Map<string, Disposable>();
  function hear(topic: string): void {
    timers.get(topic)?.[Symbol.dispose]();
    timers.delete(topic);
  }
  return {
    listen(topic, onSilence) {
      hear(topic);
      const timer = clock.after(SILENCE_LIMIT_MS, () => {
        timers.delete(topic);
        onSilence();
      });
      timers.set(topic, timer);
    },
    hear,
    close() {
      for (const topic of timers.keys()) hear(topic);
    },
  };
}
