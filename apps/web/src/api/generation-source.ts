import type { StreamPart } from '@pilotlight/contract';

import { followStream, type StreamPorts, type StreamStatus } from './follow-stream.ts';
import type { OffsetPart } from './hub-messages.ts';

export interface GenerationSource {
  /** All parts so far, from offset 0, each once and in order. */
  readonly parts: OffsetPart[];
  isDone: boolean;
  tryNow(): void;
  stop(): void;
}

export interface SourceEvents {
  readonly onParts: (parts: readonly OffsetPart[]) => void;
  readonly onStatus: (status: StreamStatus) => void;
}

/** Reads the log of a generation from its beginning to its terminal part, taking each offset once however often the connection breaks. */
export function openGenerationSource(ports: StreamPorts, id: string, events: SourceEvents): GenerationSource {
  const controller = new AbortController();
  const parts: OffsetPart[] = [];
  const source: GenerationSource = { parts, isDone: false, tryNow: () => undefined, stop: () => controller.abort() };
  const { tryNow } = followStream(ports, {
    path: () => `/api/generations/${encodeURIComponent(id)}/events?from=${parts.length}`,
    signal: controller.signal,
    report: events.onStatus,
    take(received) {
      const fresh: OffsetPart[] = [];
      for (const { id: offset, data } of received) {
        if (Number(offset) !== parts.length) continue;
        const next = { offset: parts.length, part: JSON.parse(data) as StreamPart };
        parts.push(next);
        fresh.push(next);
      }
      const last = fresh.at(-1)?.part.type;
      source.isDone = last === 'finish' || last === 'error';
      if (fresh.length > 0) events.onParts(fresh);
      return source.isDone;
    },
  });
  source.tryNow = tryNow;
  return source;
}
