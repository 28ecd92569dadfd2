const PRELOAD = new URL('run-fast.ts', import.meta.url).href;

/**
 * The environment in which a program of Node runs so many times faster by its own clocks and timers, without knowing: for tests of limits that are not settings,
 * over real sockets and processes. Only what is awaited on the outside keeps its pace, and timers from 1 s to 5 s where `keepsShortLimits` is set: those are
 * the limits within which another process has to answer, and it is no faster.
 */
export function fastTime(factor: number, { keepsShortLimits = false } = {}): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import=${PRELOAD}`, FAST_TIME: `${factor}@${Date.now()}@${keepsShortLimits ? '1000' : 'none'}` };
}
