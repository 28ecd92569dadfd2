/** Wakes one sleeper. A ring that nobody waits for is heard by the next who does, so none is lost. */
export interface Bell {
  readonly ring: () => void;
  readonly heard: () => Promise<void>;
}

export function createBell(): Bell {
  let hasRung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      if (wake) wake();
      else hasRung = true;
      wake = undefined;
    },
    heard() {
      if (hasRung) {
        hasRung = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        wake = resolve;
      });
    },
  };
}
