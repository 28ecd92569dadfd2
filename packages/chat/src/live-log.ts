import type { Problem, StreamPart } from '@pilotlight/contract';

/**
 * The end of a running log as this process knows it. It holds only parts that the store has committed, so whatever a reader sees is stored;
 * and only the newest of them, so that its size does not depend on how slow readers are or how many.
 */
export interface LiveLog {
  readonly generationId: string;
  /** The offset that the next committed part will have. */
  readonly nextOffset: number;
  /** `open`: more may come. `closed`: nothing more comes from here; the store has the end. A problem: the end could not be stored. */
  readonly state: 'open' | 'closed' | Problem;
  /** Committed parts from `offset` on, at least one; `behind`: no longer in memory; `none`: not there yet. */
  partsFrom(offset: number): readonly StreamPart[] | 'behind' | 'none';
  /** Calls back after every change, until disposed. */
  onChange(listener: () => void): Disposable;
  /** Adds parts that the store has just committed, with the size of their texts. */
  commit(parts: readonly StreamPart[], size: number): void;
  close(state: 'closed' | Problem): void;
}

interface Chunk {
  readonly firstOffset: number;
  readonly parts: readonly StreamPart[];
  readonly bytes: number;
}

export interface LiveLogOptions {
  readonly generationId: string;
  readonly firstOffset: number;
  /** About how much of it is kept in memory. */
  readonly keptBytes: number;
}

/** What a part takes in memory beside its text: an object, a string, and their places. */
const PART_BYTES = 72;

/** A live log without parts. */
export function createLiveLog(options: LiveLogOptions): LiveLog {
  const listeners = new Set<() => void>();
  let chunks: Chunk[] = [];
  let keptSize = 0;
  let nextOffset = options.firstOffset;
  let state: LiveLog['state'] = 'open';

  function notify(): void {
    for (const listener of listeners) listener();
  }

  function trim(): void {
    let dropped = 0;
    while (keptSize > options.keptBytes && dropped < chunks.length - 1) {
      keptSize -= chunks[dropped]?.bytes ?? 0;
      dropped += 1;
    }
    if (dropped > 0) chunks = chunks.slice(dropped);
  }

  return {
    generationId: options.generationId,
    get nextOffset() {
      return nextOffset;
    },
    get state() {
      return state;
    },
    partsFrom(offset) {
      if (offset >= nextOffset) return 'none';
      const chunk = chunks.findLast(({ firstOffset }) => firstOffset <= offset);
      return chunk === undefined ? 'behind' : chunk.parts.slice(offset - chunk.firstOffset);
    },
    onChange(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    commit(parts, size) {
      if (parts.length === 0) return;
      const bytes = size + parts.length * PART_BYTES;
      chunks.push({ firstOffset: nextOffset, parts, bytes });
      nextOffset += parts.length;
      keptSize += bytes;
      trim();
      notify();
    },
    close(end) {
      if (state !== 'open') return;
      state = end;
      notify();
    },
  };
}
