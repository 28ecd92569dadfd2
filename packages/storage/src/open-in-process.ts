import { openDatabase } from './adapters/open-database.ts';
import type { DatabaseLocation } from './adapters/open-database.ts';
import { migrate } from './migrations/migrate.ts';
import { serveStore } from './serve-store.ts';
import type { ServedStore } from './serve-store.ts';
import { createSqliteChatStore } from './sqlite-chat-store.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { createTransact } from './transaction.ts';

export interface InProcessOptions {
  readonly location: DatabaseLocation;
  readonly nowMs: number;
  /** Stands between the store and its database, from the first statement after the migrations on. */
  readonly wrap?: ((connection: SqliteConnection) => SqliteConnection) | undefined;
  /** When calls that wait are run; by default before anything else happens. */
  readonly defer?: ((body: () => void) => void) | undefined;
}

/** Opens a database on the thread of the caller, and brings its schema up to date. */
export function openInProcess({
  location,
  nowMs,
  wrap = (connection) => connection,
  defer = queueMicrotask,
}: InProcessOptions): ServedStore {
  const connection = openDatabase(location);
  try {
    migrate(connection, nowMs);
    const wrapped = wrap(connection);
    return serveStore({
      operations: createSqliteChatStore(wrapped),
      transact: createTransact(wrapped),
      defer,
      close: () => wrapped.close(),
    });
  } catch (error) {
    connection.close();
    throw error;
  }
}
