/** One thing that happened inside the fake engine, for tests to look at. */
export interface FakeEngineEvent {
  readonly type:
    | 'request'
    | 'left'
    | 'load-start'
    | 'load-end'
    | 'load-aborted'
    | 'load-failed'
    | 'evict'
    | 'unload'
    | 'answer-start'
    | 'answer-end';
  readonly atMs: number;
  readonly model?: string;
  readonly path?: string;
}

export interface EventList {
  readonly events: readonly FakeEngineEvent[];
  add(event: Omit<FakeEngineEvent, 'atMs'>): void;
  clear(): void;
}

const MAX_EVENTS = 10_000;

/** Keeps the last 10,000 events. */
export function createEventList(): EventList {
  const events: FakeEngineEvent[] = [];
  const start = performance.now();
  return {
    events,
    add(event) {
      if (events.length >= MAX_EVENTS) events.splice(0, MAX_EVENTS / 2);
      events.push({ ...event, atMs: Math.round(performance.now() - start) });
    },
    clear: () => void events.splice(0),
  };
}
