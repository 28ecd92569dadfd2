import { Problem } from '@pilotlight/contract';
import type { Clock, StreamPart } from '@pilotlight/contract';

import type { AppendOutcome, ChatStore, LogGroup } from './chat-store.ts';
import type { ChatSettings } from './chat-settings.ts';
import type { LiveLog } from './live-log.ts';
import { packParts, sizeOf } from './pack-parts.ts';

/** One generation's way into the store. */
export interface LogTail {
  /** Takes a part; it is shown once its group is committed. Ignored after `seal`. */
  add(part: StreamPart): void;
  /** Whether the writer of the parts should wait, because more than the bound has not been stored yet. */
  readonly isFull: boolean;
  /** Resolves when there is room again, or the log has failed. */
  room(): Promise<void>;
  /** Takes no more parts, waits for the group that is on its way, and hands back what was not stored, to be stored with the end. */
  seal(): Promise<{ readonly firstOffset: number; readonly parts: readonly StreamPart[] }>;
  /** Set once a group could not be stored: nothing more can be. */
  readonly failure: Problem | AppendOutcome | undefined;
  /** Resolves when that happens. */
  readonly failed: Promise<void>;
}

export interface LogWriter {
  open(live: LiveLog, epoch: number): LogTail;
}

export interface LogWriterOptions {
  readonly store: Pick<ChatStore, 'append'>;
  readonly clock: Clock;
  readonly settings: ChatSettings;
}

interface Tail {
  readonly live: LiveLog;
  readonly epoch: number;
  pending: StreamPart[];
  pendingSize: number;
  sentSize: number;
  lastSentMs: number;
  hasContent: boolean;
  isSealed: boolean;
  failure: Problem | AppendOutcome | undefined;
  readonly failed: PromiseWithResolvers<void>;
  onRoom: (() => void)[];
}

/**
 * Commits the parts of all running generations in groups: one transaction at a time for all logs that have something due. What comes first after a pause
 * and the first content of an answer are due at once; what follows within `groupMs` waits for its neighbours.
 */
export function createLogWriter({ store, clock, settings }: LogWriterOptions): LogWriter {
  const waiting = new Set<Tail>();
  const due = new Set<Tail>();
  let inFlight: Promise<void> | undefined;
  let timer: Disposable | undefined;

  function add(tail: Tail, part: StreamPart): void {
    if (tail.isSealed || tail.failure !== undefined) return;
    const urgent = isUrgent(tail, part, clock.monotonic() - settings.groupMs);
    push(tail, part);
    if (urgent || tail.pendingSize >= settings.groupCharacters) {
      due.add(tail);
      flush();
    } else {
      waiting.add(tail);
      timer ??= clock.after(settings.groupMs, onTimer);
    }
  }

  function onTimer(): void {
    timer = undefined;
    for (const tail of waiting) due.add(tail);
    waiting.clear();
    flush();
  }

  function flush(): void {
    if (inFlight !== undefined || due.size === 0) return;
    const tails = [...due].filter((tail) => !tail.isSealed && tail.pending.length > 0);
    due.clear();
    if (tails.length === 0) return;
    for (const tail of tails) waiting.delete(tail);
    inFlight = commit(tails);
  }

  /** Stores what is pending of these logs, then what has become due meanwhile. Never rejects: a failure belongs to the logs. */
  async function commit(tails: readonly Tail[]): Promise<void> {
    const nowMs = clock.monotonic();
    const taken = tails.map((tail) => take(tail, nowMs));
    const outcomes = await append(taken.map(({ group }) => group));
    for (const [index, tail] of tails.entries()) settle(tail, taken[index]?.parts ?? [], outcomes[index]);
    inFlight = undefined;
    flush();
  }

  async function append(groups: readonly LogGroup[]): Promise<readonly (AppendOutcome | Problem)[]> {
    try {
      return await store.append(groups);
    } catch (error) {
      const problem = toStorageProblem(error);
      return groups.map(() => problem);
    }
  }

  async function seal(tail: Tail): Promise<{ firstOffset: number; parts: readonly StreamPart[] }> {
    tail.isSealed = true;
    waiting.delete(tail);
    due.delete(tail);
    while (tail.sentSize > 0) await inFlight;
    return { firstOffset: tail.live.nextOffset, parts: tail.pending };
  }

  return {
    open: (live, epoch) =>
      toLogTail(createTail(live, epoch, clock.monotonic()), { add, seal, maxPendingCharacters: settings.maxPendingCharacters }),
  };
}

interface TailActions {
  readonly add: (tail: Tail, part: StreamPart) => void;
  readonly seal: (tail: Tail) => ReturnType<LogTail['seal']>;
  readonly maxPendingCharacters: number;
}

function toLogTail(tail: Tail, { add, seal, maxPendingCharacters }: TailActions): LogTail {
  return {
    add: (part) => add(tail, part),
    get isFull() {
      return tail.failure === undefined && tail.pendingSize + tail.sentSize > maxPendingCharacters;
    },
    room() {
      const { promise, resolve } = Promise.withResolvers<void>();
      tail.onRoom.push(resolve);
      return promise;
    },
    seal: () => seal(tail),
    get failure() {
      return tail.failure;
    },
    failed: tail.failed.promise,
  };
}

/** Its first group has just been stored by others. */
function createTail(live: LiveLog, epoch: number, nowMs: number): Tail {
  return {
    live,
    epoch,
    pending: [],
    pendingSize: 0,
    sentSize: 0,
    lastSentMs: nowMs,
    hasContent: false,
    isSealed: false,
    failure: undefined,
    failed: Promise.withResolvers<void>(),
    onRoom: [],
  };
}

/** Whether a part goes at once. `idleSinceMs`: a log that sent nothing since then is idle. */
function isUrgent(tail: Tail, part: StreamPart, idleSinceMs: number): boolean {
  if (part.type !== 'phase' && !tail.hasContent) return true;
  return tail.pending.length === 0 && tail.lastSentMs <= idleSinceMs;
}

/** Appends to what is pending. Of several reports of one phase that would be stored together only the last is kept. */
function push(tail: Tail, part: StreamPart): void {
  const size = sizeOf(part);
  if (part.type === 'phase') {
    const last = tail.pending.at(-1);
    if (last?.type === 'phase' && last.phase === part.phase && last.model === part.model) {
      tail.pending[tail.pending.length - 1] = part;
      return;
    }
  } else {
    tail.hasContent = true;
  }
  tail.pending.push(part);
  tail.pendingSize += size;
}

function take(tail: Tail, nowMs: number): { readonly parts: readonly StreamPart[]; readonly group: LogGroup } {
  const parts = tail.pending;
  tail.pending = [];
  tail.sentSize = tail.pendingSize;
  tail.pendingSize = 0;
  tail.lastSentMs = nowMs;
  const { generationId, nextOffset: firstOffset } = tail.live;
  return { parts, group: { generationId, epoch: tail.epoch, firstOffset, count: parts.length, parts: packParts(parts) } };
}

function settle(tail: Tail, parts: readonly StreamPart[], outcome: AppendOutcome | Problem | undefined): void {
  if (outcome === 'stored') {
    tail.live.commit(parts, tail.sentSize);
  } else {
    tail.failure = outcome ?? 'missing';
    tail.failed.resolve();
  }
  tail.sentSize = 0;
  for (const resolve of tail.onRoom.splice(0)) resolve();
}

/** What a store rejects with, as a problem of the storage. */
export function toStorageProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem('storage_unavailable', 'The conversation could not be stored.', { cause: error });
}
