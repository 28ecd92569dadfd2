export interface ThreadTunerOptions {
  /** The threads to begin with, and the most that are used. */
  readonly most: number;
  readonly apply: (threads: number) => void;
}

export interface ThreadTuner {
  /** A token was computed, while so many answers were being written. */
  onToken(nowMs: number, active: number): void;
  /** An answer begins: the time before its first token says nothing about threads. */
  restart(): void;
}

/** Batches that one measurement takes. */
const WINDOW_BATCHES = 6;
/** Measurements until the other setting is tried again: seldom while all threads are used, more often while some are spared. */
const PROBE_AFTER_MOST = 64;
const PROBE_AFTER_FEWER = 16;
/** Falling below this part of what it was makes the other setting worth a try at once. */
const COLLAPSE = 0.6;
/** The other setting must be better by this much. */
const GAIN = 1.1;

/**
 * Finds out while answers are written whether all threads or half of them are quicker. The threads of llama.cpp wait for each other by spinning:
 * with another program on one core, two threads on two cores were seen to write 3 tokens a second where one alone wrote 26. Nothing in the
 * system's figures tells that beforehand, so both are measured, again whenever the speed falls, and now and then.
 */
export function createThreadTuner({ most, apply }: ThreadTunerOptions): ThreadTuner {
  const fewer = Math.ceil(most / 2);
  let home = most;
  let isProbing = false;
  /** Tokens per millisecond at home when it was last compared with the other setting. */
  let settledRate: number | undefined;
  let homeRate = 0;
  let windowsSinceProbe = 0;
  let measuredActive = 0;
  let window: { readonly startMs: number; tokens: number } | undefined;

  function use(threads: number): void {
    window = undefined;
    apply(threads);
  }

  function probe(rate: number): void {
    homeRate = rate;
    isProbing = true;
    windowsSinceProbe = 0;
    use(home === most ? fewer : most);
  }

  function settle(rate: number): void {
    isProbing = false;
    if (rate > homeRate * GAIN) {
      home = home === most ? fewer : most;
      settledRate = rate;
      window = undefined;
      return;
    }
    settledRate = homeRate;
    use(home);
  }

  /** Another number of answers has another speed: what is known belongs to the former one. */
  function forget(active: number): void {
    measuredActive = active;
    settledRate = undefined;
    window = undefined;
    if (isProbing) use(home);
    isProbing = false;
  }

  function onRate(rate: number): void {
    if (isProbing) {
      settle(rate);
      return;
    }
    windowsSinceProbe += 1;
    const isDue = windowsSinceProbe >= (home === most ? PROBE_AFTER_MOST : PROBE_AFTER_FEWER);
    if (settledRate === undefined || isDue || (rate < settledRate * COLLAPSE && windowsSinceProbe > 1)) probe(rate);
  }

  return {
    onToken(nowMs, active) {
      if (fewer === most) return;
      if (measuredActive !== active) forget(active);
      if (window === undefined) {
        window = { startMs: nowMs, tokens: 0 };
        return;
      }
      window.tokens += 1;
      if (window.tokens < WINDOW_BATCHES * active) return;
      const rate = window.tokens / Math.max(nowMs - window.startMs, 0.001);
      window = undefined;
      onRate(rate);
    },
    restart() {
      window = undefined;
    },
  };
}
