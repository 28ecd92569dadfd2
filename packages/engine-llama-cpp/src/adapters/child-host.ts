import type { Clock } from '@pilotlight/contract';

/** What the child process has of the world: its parent, the clock, its own size. */
export interface ChildHost {
  readonly clock: Clock;
  readonly platform: string;
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Bytes of memory that this process holds. */
  memoryBytes(): number;
}

/**
 * Ties the process to its parent: when the channel closes, because the parent ended or was killed, the process kills itself at once. It must not
 * wait for native code that is still computing, so it uses the one signal that needs no cooperation.
 */
export function createChildHost(): ChildHost {
  const endNow = (): void => {
    process.kill(process.pid, 'SIGKILL');
  };
  process.on('disconnect', endNow);
  // A Ctrl-C at the terminal is for the parent, which ends this process in order.
  process.on('SIGINT', () => {});
  if (!process.connected) endNow();
  return {
    clock: {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      after(delayMs, callback) {
        const timer = setTimeout(callback, delayMs);
        return { [Symbol.dispose]: () => clearTimeout(timer) };
      },
    },
    platform: process.platform,
    send(message) {
      if (process.connected) process.send?.(message);
    },
    onMessage(listener) {
      process.on('message', listener);
    },
    memoryBytes: () => process.memoryUsage.rss(),
  };
}
