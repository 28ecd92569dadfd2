import type { ChatStore } from '@pilotlight/chat';
import { Problem } from '@pilotlight/contract';
import type { Clock } from '@pilotlight/contract';

import { openDatabase } from './adapters/open-database.ts';
import { startStorageWorker } from './adapters/start-storage-worker.ts';
import { migrate } from './migrations/migrate.ts';
import { serveStore, toStore } from './serve-store.ts';
import { createSqliteChatStore } from './sqlite-chat-store.ts';
import { toStorageFault } from './storage-fault.ts';
import type { StorageFault } from './storage-fault.ts';

export interface StorageOptions {
  /** Absolute path of the database, in a folder that is made (0700) if it is missing; or memory, for what need not last. */
  readonly location: { readonly file: string } | { readonly memory: true };
  readonly clock: Clock;
}

/** The open database. Disposing closes it, after the calls that are under way. */
export interface Storage extends AsyncDisposable {
  readonly chats: ChatStore;
}

/**
 * Opens the database and brings its schema up to date. A file has a thread of its own, so that no sync of the disk holds up the event loop.
 * Rejects with `Problem('storage_unavailable')` if it cannot be used: damaged, read-only, or written by a newer version.
 */
export async function openStorage({ location, clock }: StorageOptions): Promise<Storage> {
  try {
    if ('memory' in location) return openInMemory(clock);
    const worker = await startStorageWorker({ file: location.file, nowMs: clock.now() });
    return { chats: toStore(worker.call, toProblem), [Symbol.asyncDispose]: () => worker.close() };
  } catch (error) {
    throw toProblem(toStorageFault(error));
  }
}

function openInMemory(clock: Clock): Storage {
  const connection = openDatabase({ memory: true });
  migrate(connection, clock.now());
  const { call, close } = serveStore(createSqliteChatStore(connection), () => connection.close());
  return { chats: toStore(call, toProblem), [Symbol.asyncDispose]: close };
}

function toProblem(fault: StorageFault): Problem {
  return new Problem(fault.code, fault.message, { cause: fault.cause });
}
