import type { StreamPorts } from './follow-stream.ts';
import { openGenerationSource, type GenerationSource } from './generation-source.ts';
import type { HubMessage, OffsetPart } from './hub-messages.ts';
import { createSilences } from './silences.ts';

export interface GenerationListener {
  /** Parts in order; some may come twice, their offsets tell. */
  readonly onParts: (parts: readonly OffsetPart[]) => void;
  /** The server does not know it any more. */
  readonly onGone: () => void;
}

/** What the two feeds need of the hub they belong to. */
export interface HubLink {
  /** Tells the other tabs. */
  readonly say: (message: HubMessage) => void;
  /** Whether this tab reads from the server itself: because it leads, or because no other tab was heard. */
  readonly reads: () => boolean;
}

const KEPT_SOURCES = 16;

export interface GenerationFeed {
  follow(generation: string, listener: GenerationListener): Disposable;
  /** Another tab wants a log: reads it if need be, and tells what is there. */
  answerWant(generation: string, from: number): void;
  take(generation: string, parts: readonly OffsetPart[]): void;
  takeGone(generation: string): void;
  /** Reads, or asks for, everything that is followed here. */
  renew(): void;
  tryNow(): void;
  close(): void;
}

export function createGenerationFeed(ports: StreamPorts, link: HubLink): GenerationFeed {
  const followed = new Map<string, GenerationListener>();
  const sources = new Map<string, GenerationSource>();
  const silences = createSilences(ports.clock);

  function tell(generation: string, what: (listener: GenerationListener) => void): void {
    silences.hear(generation);
    const listener = followed.get(generation);
    if (listener !== undefined) what(listener);
  }
  const take = (generation: string, parts: readonly OffsetPart[]): void => tell(generation, (listener) => listener.onParts(parts));
  const takeGone = (generation: string): void => tell(generation, (listener) => listener.onGone());

  function read(generation: string): void {
    if (sources.has(generation)) return;
    const source = openGenerationSource(ports, generation, {
      onParts(parts) {
        take(generation, parts);
        link.say({ kind: 'parts', generation, parts });
      },
      onStatus(status) {
        if (status.kind !== 'refused') return;
        sources.delete(generation);
        takeGone(generation);
        link.say({ kind: 'parts-gone', generation });
      },
    });
    sources.set(generation, source);
    forgetOldSources(sources, followed);
  }

  function request(generation: string): void {
    const known = sources.get(generation);
    if (known !== undefined) {
      if (known.parts.length > 0) take(generation, known.parts);
      return;
    }
    if (link.reads()) {
      read(generation);
      return;
    }
    link.say({ kind: 'want-parts', generation, from: 0 });
    silences.listen(generation, () => {
      if (followed.has(generation)) read(generation);
    });
  }

  return {
    follow(generation, listener) {
      followed.set(generation, listener);
      request(generation);
      return {
        [Symbol.dispose]() {
          if (followed.get(generation) !== listener) return;
          followed.delete(generation);
          silences.hear(generation);
        },
      };
    },
    answerWant(generation, from) {
      read(generation);
      const parts = sources.get(generation)?.parts.slice(from) ?? [];
      if (parts.length > 0) link.say({ kind: 'parts', generation, parts });
    },
    take,
    takeGone,
    renew: () => [...followed.keys()].forEach(request),
    tryNow: () => sources.forEach((source) => source.tryNow()),
    close() {
      for (const source of sources.values()) source.stop();
      silences.close();
    },
  };
}

/** Logs that are done and that nobody here looks at are dropped, oldest first; they can be read again. */
function forgetOldSources(sources: Map<string, GenerationSource>, followed: ReadonlyMap<string, GenerationListener>): void {
  for (const [generation, source] of sources) {
    if (sources.size <= KEPT_SOURCES) return;
    if (source.isDone && !followed.has(generation)) sources.delete(generation);
  }
}
