import { isTerminal, Problem } from '@pilotlight/contract';
import type { LoggedPart, StreamPart } from '@pilotlight/contract';

import type { ChatStore } from './chat-store.ts';
import type { LiveLog } from './live-log.ts';
import { unpackParts } from './pack-parts.ts';

export interface FollowOptions {
  readonly store: Pick<ChatStore, 'read'>;
  readonly generationId: string;
  readonly from: number;
  readonly signal: AbortSignal;
  readonly pageCharacters: number;
  /** The log as this process writes it, while it does. */
  live(): LiveLog | undefined;
}

/**
 * Reads a log from an offset to its terminal part: from memory what is newest, from the store what is not in memory any more. Every part comes once, in order.
 * Ends without a terminal part when the reader's signal aborts, and when `from` lies behind it; throws if the log is gone, or cannot be read or written on.
 */
export async function* followLog(options: FollowOptions): AsyncGenerator<LoggedPart> {
  let offset = options.from;
  let live = options.live();
  using changes = createChanges(options.signal);
  while (!options.signal.aborted) {
    live ??= options.live();
    const parts = live === undefined ? await endedParts(options, offset) : await liveParts({ live, changes }, options, offset);
    if (parts === 'end') return;
    for (const part of parts) {
      if (options.signal.aborted) return;
      yield { offset, part };
      offset += 1;
      if (isTerminal(part)) return;
    }
  }
}

/** The next parts of a log that runs here; none after a change that has to be looked at again. */
async function liveParts({ live, changes }: Watched, options: FollowOptions, offset: number): Promise<readonly StreamPart[] | 'end'> {
  const parts = live.partsFrom(offset);
  if (parts === 'behind') return (await readStored(options, offset)).parts;
  if (parts !== 'none') return parts;
  if (live.state === 'closed') return endedParts(options, offset);
  if (live.state !== 'open') throw live.state;
  await changes.next(live);
  return [];
}

/** The next parts of a log that does not run here. */
async function endedParts(options: FollowOptions, offset: number): Promise<readonly StreamPart[] | 'end'> {
  const { parts, closed } = await readStored(options, offset);
  if (options.signal.aborted) return 'end';
  if (parts.length > 0) return parts;
  if (closed) return 'end';
  if (options.live() !== undefined) return [];
  throw new Problem('storage_unavailable', 'The end of this answer could not be stored yet. What was written before it is kept.');
}

async function readStored(
  options: FollowOptions,
  from: number,
): Promise<{ readonly parts: readonly StreamPart[]; readonly closed: boolean }> {
  const { generationId, pageCharacters: maxCharacters } = options;
  const page = await options.store.read({ generationId, from, maxCharacters });
  if (page === undefined || page.hidden) {
    throw new Problem('generation_not_found', `There is no generation ${generationId}.`, { field: 'id' });
  }
  const parts = page.groups.flatMap((group) => unpackParts(group.parts).slice(Math.max(0, from - group.firstOffset)));
  return { parts, closed: page.closed };
}

/** The changes of a log for one reader: one subscription for all the waits, as there are some for every token. */
interface Changes extends Disposable {
  /** Resolves with the next change of the log, or when the reader leaves. */
  next(live: LiveLog): Promise<void>;
}

interface Watched {
  readonly live: LiveLog;
  readonly changes: Changes;
}

function createChanges(signal: AbortSignal): Changes {
  let subscription: Disposable | undefined;
  let resolve: (() => void) | undefined;
  const wake = (): void => resolve?.();
  signal.addEventListener('abort', wake, { once: true });
  return {
    next(live) {
      subscription ??= live.onChange(wake);
      const wait = Promise.withResolvers<void>();
      ({ resolve } = wait);
      return wait.promise;
    },
    [Symbol.dispose]() {
      signal.removeEventListener('abort', wake);
      subscription?.[Symbol.dispose]();
    },
  };
}
