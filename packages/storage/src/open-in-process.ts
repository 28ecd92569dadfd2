import { dirname } from 'node:path';

import { copyDatabase } from './adapters/copy-database.ts';
import { openJournalSync } from './adapters/journal-sync.ts';
import { lockFolder } from './adapters/lock-folder.ts';
import { openDatabase } from './adapters/open-database.ts';
import type { DatabaseLocation } from './adapters/open-database.ts';
import { toFileTime } from './adapters/restore-database.ts';
import { migrate, MIGRATION_NAMES, schemaOf } from './migrations/migrate.ts';
import { serveStore } from './serve-store.ts';
import type { ServedStore, ServeOptions } from './serve-store.ts';
import { createOlderIndex } from './sqlite-attachment-index.ts';
import { createSqliteChatStore } from './sqlite-chat-store.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { createKeptTable } from './sqlite-kept-values.ts';
import { createModelTables } from './sqlite-models.ts';
import { createLogTable } from './sqlite-log.ts';
import { createTrial } from './sqlite-trial.ts';
import { createTransact } from './transaction.ts';

export interface InProcessOptions {
  readonly location: DatabaseLocation;
  readonly nowMs: number;
  /** Stands between the store and its database, from the first statement after the migrations on. */
  readonly wrap?: ((connection: SqliteConnection) => SqliteConnection) | undefined;
  /** When calls that wait are run; by default before anything else happens. */
  readonly defer?: ((body: () => void) => void) | undefined;
  /** In place of the sync of the file. */
  readonly sync?: (() => Promise<void>) | undefined;
}

/**
 * Opens a database on the thread of the caller, whose folder is this process's alone until it is closed, and brings its schema up to date. An older database
 * is copied before, to a file beside it that is named after its schema.
 */
export async function openInProcess({
  location,
  nowMs,
  wrap = (connection) => connection,
  defer = queueMicrotask,
  sync,
}: InProcessOptions): Promise<ServedStore> {
  using opening = new DisposableStack();
  if ('file' in location) opening.use(lockFolder(dirname(location.file)));
  const connection = opening.adopt(openDatabase(location), (opened) => opened.close());
  if ('file' in location) await keepOlder(connection, location.file, nowMs);
  migrate(connection, nowMs);
  // From here on a commit does not wait for the disk: whoever needs that waits for a sync, alone.
  connection.exec('PRAGMA synchronous = NORMAL');
  const wrapped = wrap(connection);
  const log = createLogTable(wrapped);
  const operations = createOperations(wrapped, log);
  const transact = createTransact(wrapped, log.forget);
  const journal = 'file' in location ? opening.use(openJournalSync(location.file)) : undefined;
  const open = opening.move();
  return serveStore({ operations, transact, defer, sync: sync ?? journal?.sync, close: () => open.dispose() });
}

/** All that can be done with a connection of the present schema. */
export function createOperations(connection: SqliteConnection, log = createLogTable(connection)): ServeOptions['operations'] {
  return {
    ...createSqliteChatStore(connection, log),
    ...createModelTables(connection),
    ...createKeptTable(connection),
    ...createTrial(connection),
    ...createOlderIndex(connection),
  };
}

/** Nothing is migrated that was not copied: what a step does wrong can be undone. */
async function keepOlder(connection: SqliteConnection, file: string, nowMs: number): Promise<void> {
  const schema = schemaOf(connection);
  if (schema === 0 || schema >= MIGRATION_NAMES.length) return;
  await copyDatabase(file, `${file}.schema-${schema}-${toFileTime(nowMs)}`);
}
