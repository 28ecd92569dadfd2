import { chmodSync, constants, copyFileSync, existsSync, linkSync, realpathSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { readDatabaseFacts } from '../database-facts.ts';
import type { DatabaseFacts } from '../database-facts.ts';
import { refuseNewer } from '../migrations/migrate.ts';
import { StorageFault } from '../storage-fault.ts';
import { checkSound, syncFolder } from './copy-database.ts';
import { lockFolder } from './lock-folder.ts';

export interface RestoreOptions {
  readonly backup: string;
  /** Where the server looks for its database. */
  readonly database: string;
  readonly nowMs: number;
}

export interface Restored extends DatabaseFacts {
  /** Where the database lies that was there before; undefined if there was none. */
  readonly replaced: string | undefined;
}

const SIDE_FILES = ['-wal', '-shm'];

/**
 * Puts a backup in the place of the database, while no server has the data folder. What is put there is a copy that was checked; the database that was there
 * is kept beside it, and there is a whole one at its place at every moment.
 */
export function restoreDatabase({ backup, database, nowMs }: RestoreOptions): Restored {
  if (!existsSync(backup)) throw new StorageFault('storage_unavailable', `There is no file ${basename(backup)}.`);
  using _lock = lockFolder(dirname(database));
  if (existsSync(database) && realpathSync(backup) === realpathSync(database)) {
    throw new StorageFault('storage_unavailable', 'This file is the database itself, not a backup of it.');
  }
  refuseInUse(backup);
  const incoming = `${database}.restoring`;
  try {
    copyFileSync(backup, incoming);
    chmodSync(incoming, 0o600);
    const facts = inspect(incoming);
    const kept = `${database}.replaced-${toFileTime(nowMs)}`;
    const replaced = keepBeside(database, kept) ? kept : undefined;
    renameSync(incoming, database);
    syncFolder(dirname(database));
    return { ...facts, replaced };
  } finally {
    for (const suffix of ['', '-journal', ...SIDE_FILES]) rmSync(incoming + suffix, { force: true });
  }
}

/** Throws if a part of the database lies in a second file: a copy of the first one would lack what was stored last. */
export function refuseInUse(backup: string): void {
  if ((statSync(`${backup}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0) return;
  throw new StorageFault(
    'storage_unavailable',
    'The file is a database in use, of which a part lies in a second file. Make a backup of it.',
  );
}

/** Checks the copy and writes it to the disk. */
function inspect(file: string): DatabaseFacts {
  const copy = new DatabaseSync(file);
  try {
    const facts = readDatabaseFacts(copy, statSync(file).size);
    refuseNewer(facts.schema);
    checkSound(copy);
    // One file without side files; the change of its header is what makes SQLite sync it.
    copy.exec(
      'PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA journal_mode = DELETE; BEGIN IMMEDIATE; PRAGMA user_version = 0; COMMIT',
    );
    return facts;
  } catch (error) {
    if ((error as { errcode?: number }).errcode === 26) {
      throw new StorageFault('storage_unavailable', 'The file is no database of Pilotlight.', { cause: error });
    }
    throw error;
  } finally {
    copy.close();
  }
}

/** Keeps the present database, if there is one, under another name, without taking it from its place. */
function keepBeside(database: string, kept: string): boolean {
  const isThere = existsSync(database);
  if (isThere) settle(database);
  // Of a database that could not be settled, its parts stay together; the one that comes must not meet what is left of another.
  for (const suffix of SIDE_FILES) if (existsSync(database + suffix)) renameSync(database + suffix, kept + suffix);
  if (!isThere) return false;
  try {
    linkSync(database, kept);
  } catch {
    copyFileSync(database, kept, constants.COPYFILE_EXCL);
  }
  return true;
}

/** Moves what lies in side files into the database itself, if it can be read at all. */
function settle(database: string): void {
  try {
    const current = new DatabaseSync(database);
    try {
      current.exec('PRAGMA journal_mode = DELETE');
    } finally {
      current.close();
    }
  } catch {
    return;
  }
}

/** A time that may stand in the name of a file on every system. */
export function toFileTime(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[:.]/g, '-');
}
