import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { SqliteConnection } from '../sqlite-connection.ts';
import { StorageFault } from '../storage-fault.ts';
import { makeFolder } from './make-folder.ts';

/** A database in a file, or one in memory that ends with its connection. */
export type DatabaseLocation = { readonly file: string } | { readonly memory: true };

/** Above this size a check of the whole file would be felt at the start. */
const MAX_CHECKED_BYTES = 16_777_216;

/** Opens the database, making folder (0700) and file (0600) if they are missing, and checks that it is sound. */
export function openDatabase(location: DatabaseLocation): SqliteConnection {
  const file = 'file' in location ? location.file : undefined;
  const sizeBytes = file === undefined ? 0 : prepareFile(file);
  const database = new DatabaseSync(file ?? ':memory:', { timeout: 5000 });
  try {
    configure(database);
    if (sizeBytes > 0 && sizeBytes <= MAX_CHECKED_BYTES) check(database);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

function prepareFile(file: string): number {
  makeFolder(dirname(file));
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  return statSync(file).size;
}

function configure(database: DatabaseSync): void {
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA fullfsync = ON;
    PRAGMA checkpoint_fullfsync = ON;
    PRAGMA foreign_keys = ON;
    PRAGMA trusted_schema = OFF;
    PRAGMA wal_autocheckpoint = 4000;
    PRAGMA journal_size_limit = 33554432;
  `);
}

function check(database: DatabaseSync): void {
  const result = database.prepare('PRAGMA quick_check(1)').get() as { readonly quick_check: string };
  if (result.quick_check === 'ok') return;
  throw new StorageFault('storage_unavailable', 'The database file is damaged. Restore it from a backup.', {
    cause: new Error(result.quick_check),
  });
}
