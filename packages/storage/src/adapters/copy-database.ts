import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';

import { readDatabaseFacts } from '../database-facts.ts';
import type { DatabaseFacts } from '../database-facts.ts';
import type { SqliteConnection } from '../sqlite-connection.ts';
import { createLogTable } from '../sqlite-log.ts';
import { isOfDisk, StorageFault, toStorageFault } from '../storage-fault.ts';
import { createTransact } from '../transaction.ts';
import { readDatabase } from './read-database.ts';
import type { ReadingConnection } from './read-database.ts';

/** Pages for each step of the copy: all of them, as the source is read within one transaction anyway. */
const ALL_PAGES = 0x7fff_ffff;

/**
 * Copies a database, which a server may be writing meanwhile, into a new file (0600): as it is at one instant, checked against the source, compact, so that
 * nothing that was removed is in it, in one file, and on the disk. The file is there whole or not at all. Resolves with what is in it.
 */
export async function copyDatabase(from: string, to: string): Promise<DatabaseFacts> {
  if (!existsSync(from)) throw new StorageFault('storage_unavailable', 'There is no database yet: nothing was stored so far.');
  return writeCopy(to, (partial) => copySnapshot(from, partial));
}

/** Makes a new file of a database that `fill` writes, which says what must be in it. */
export async function writeCopy(to: string, fill: (partial: string) => Promise<DatabaseFacts>): Promise<DatabaseFacts> {
  if (existsSync(to)) throw new StorageFault('storage_unavailable', `The file ${basename(to)} is there already. Choose another name.`);
  const partial = join(dirname(to), `.${basename(to)}.${process.pid}.partial`);
  try {
    closeSync(openSync(partial, 'wx', 0o600));
    const facts = await fill(partial);
    finish(partial, facts);
    renameSync(partial, to);
    syncFolder(dirname(to));
    return { ...facts, sizeBytes: statSync(to).size };
  } finally {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(partial + suffix, { force: true });
  }
}

/** Copies what one read transaction sees, and counts it there. */
async function copySnapshot(from: string, to: string): Promise<DatabaseFacts> {
  const { connection: source, isStale } = openSource(from);
  try {
    source.exec('BEGIN');
    const facts = readDatabaseFacts(source, statSync(from).size);
    await backup(source, to, { rate: ALL_PAGES });
    source.exec('COMMIT');
    if (isStale()) throw new StorageFault('storage_unavailable', 'The database was written to while it was copied. Make the backup again.');
    return facts;
  } finally {
    source.close();
  }
}

/** A disk that is full, or may not be written, has no room for what a reader of a database in use needs. */
function openSource(file: string): ReadingConnection {
  const source = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    source.prepare('SELECT count(*) AS tables FROM sqlite_master').get();
    return { connection: source, isStale: () => false };
  } catch (error) {
    source.close();
    const found = isOfDisk(toStorageFault(error)) ? readDatabase(file, false) : undefined;
    if (found === undefined) throw error;
    return found;
  }
}

/** Makes one compact file of it, and checks that all is there. */
function finish(file: string, expected: DatabaseFacts): void {
  const copy = new DatabaseSync(file);
  try {
    copy.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON');
    const same = (facts: DatabaseFacts): void => {
      if (JSON.stringify(readDatabaseFacts(copy, facts.sizeBytes)) === JSON.stringify(facts)) return;
      throw new StorageFault('internal_error', 'The copy does not hold what the database holds. It was deleted.');
    };
    same(expected);
    forgetRemovedWords(copy);
    settleJournal(copy);
    const settled = readDatabaseFacts(copy, expected.sizeBytes);
    copy.exec('VACUUM');
    checkSound(copy);
    same(settled);
  } finally {
    copy.close();
  }
}

/** An index keeps the words of what was removed until its parts are merged; here they are merged into one. A schema before the index has none. */
function forgetRemovedWords(database: DatabaseSync): void {
  const indexes = database
    .prepare("SELECT name FROM sqlite_master WHERE name IN ('title_index', 'message_index', 'attachment_index')")
    .all() as {
    readonly name: string;
  }[];
  for (const { name } of indexes) database.exec(`INSERT INTO ${name} (${name}) VALUES ('optimize')`);
}

/** Running logs as a whole at their places, where every reader of a backup looks for them. A schema before the journal has none. */
export function settleJournal(database: SqliteConnection): void {
  const isThere = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'log_journal'").get() !== undefined;
  if (isThere) createTransact(database)('normal', createLogTable(database).settleAll);
}

/** Reads all of a database. Throws if anything in it is wrong. */
export function checkSound(database: Pick<SqliteConnection, 'prepare'>): void {
  const [first] = database.prepare('PRAGMA integrity_check(1)').all() as { readonly integrity_check: string }[];
  const foreign = database.prepare('PRAGMA foreign_key_check').get();
  if (first?.integrity_check === 'ok' && foreign === undefined) return;
  throw new StorageFault('storage_unavailable', 'The file is damaged.', { cause: new Error(first?.integrity_check ?? 'foreign keys') });
}

/** Makes the renaming of files last. Some systems cannot; there the renaming lasts when the system writes it. */
export function syncFolder(folder: string): void {
  let handle: number | undefined;
  try {
    handle = openSync(folder, 'r');
    fsyncSync(handle);
  } catch {
    return;
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
