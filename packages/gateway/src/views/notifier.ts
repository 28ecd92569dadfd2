import type { Clock, GatewayEvent } from '@pilotlight/contract';

/** Tells subscribers what changed: what is urgent at once, the rest at most four times a second for each thing. */
export interface Notifier extends Disposable {
  /** `build` is called when the news goes out, so that it is true then; undefined: there is nothing to say any more. */
  notify(key: string, urgent: boolean, build: () => GatewayEvent | undefined): void;
  subscribe(listener: (event: GatewayEvent) => void): Disposable;
}

const PERIOD_MS = 250;

export function createNotifier(clock: Clock, onFault: (cause: unknown) => void): Notifier {
  const listeners = new Set<{ readonly hear: (event: GatewayEvent) => void }>();
  const sentAt = new Map<string, number>();
  const timers = new Map<string, Disposable>();

  function send(key: string, build: () => GatewayEvent | undefined): void {
    timers.get(key)?.[Symbol.dispose]();
    timers.delete(key);
    const event = build();
    if (!event) return void sentAt.delete(key);
    sentAt.set(key, clock.monotonic());
    for (const { hear } of [...listeners]) {
      try {
        hear(event);
      } catch (error) {
        onFault(error);
      }
    }
  }

  return {
    notify(key, urgent, build) {
      // Most of the time nobody looks.
      if (listeners.size === 0) return;
      const waitMs = (sentAt.get(key) ?? Number.NEGATIVE_INFINITY) + PERIOD_MS - clock.monotonic();
      if (urgent || waitMs <= 0) send(key, build);
      else if (!timers.has(key)) {
        timers.set(
          key,
          clock.after(waitMs, () => send(key, build)),
        );
      }
    },
    subscribe(listener) {
      const entry = { hear: listener };
      listeners.add(entry);
      return { [Symbol.dispose]: () => void listeners.delete(entry) };
    },
    [Symbol.dispose]() {
      for (const timer of timers.values()) timer[Symbol.dispose]();
      timers.clear();
      listeners.clear();
    },
  };
}
