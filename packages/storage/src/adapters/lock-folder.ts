import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { StorageFault } from '../storage-fault.ts';
import { makeFolder } from './make-folder.ts';

// One process works in a data folder at a time: the recovery of a second one would end the answers that the first is writing. The lock is SQLite's own, on a
// small database beside the real one, so the system takes it away with the process, however that ends.

const LOCK_FILE = 'pilotlight.lock';

/** SQLite's own waits for a lock; only other starts and a look at the number of the holder ever take it that short. */
const BUSY_MS = 250;
const MAX_ATTEMPTS = 20;

/** Takes the folder (made 0700 if it is missing) for this process, until disposed. Throws `StorageFault('data_folder_in_use')` if another has it. */
export function lockFolder(folder: string): Disposable {
  makeFolder(folder);
  return takeLock(join(folder, LOCK_FILE));
}

/**
 * The same for a folder in which nothing can be stored now, and which is only to be read. Undefined: the lock cannot be taken, since its file may not be
 * written to; then nobody else of the same standing can write there either.
 */
export function lockFolderToRead(folder: string): Disposable | undefined {
  try {
    return takeLock(join(folder, LOCK_FILE));
  } catch (error) {
    if (error instanceof StorageFault) throw error;
    return undefined;
  }
}

function takeLock(file: string): Disposable {
  createFile(file);
  const database = new DatabaseSync(file, { timeout: BUSY_MS });
  try {
    hold(database);
  } catch (error) {
    database.close();
    throw toLockFault(error);
  }
  return {
    [Symbol.dispose]() {
      if (database.isOpen) database.close();
    },
  };
}

/** Never opens a file that is there: closing it again would take the locks away that this process has on it. */
function createFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** A transaction that writes nothing keeps others from writing, while they can still read the number of the holder. */
function hold(database: DatabaseSync): void {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    begin(database);
    // Somebody may have written a number, and lost, between our writing and our holding.
    if (holderOf(database) === process.pid) return;
    if (!noteHolder(database)) return begin(database);
  }
  throw inUse(0);
}

/** Whether the number could be written. It is for words alone: the lock holds without it, for which nothing has to be written. */
function noteHolder(database: DatabaseSync): boolean {
  try {
    database.exec(`PRAGMA user_version = ${process.pid}; COMMIT`);
    return true;
  } catch {
    if (database.isTransaction) database.exec('ROLLBACK');
    return false;
  }
}

function begin(database: DatabaseSync): void {
  try {
    database.exec('BEGIN IMMEDIATE');
  } catch (error) {
    if (!isBusy(error)) throw error;
    throw inUse(holderOf(database));
  }
}

function holderOf(database: DatabaseSync): number {
  return (database.prepare('PRAGMA user_version').get() as { readonly user_version: number }).user_version;
}

function inUse(pid: number): StorageFault {
  const who = pid === 0 || pid === process.pid || !isAlive(pid) ? '' : ` (pid ${pid})`;
  return new StorageFault('data_folder_in_use', `Another Pilotlight${who} uses this data folder.`);
}

/** A holder that could not note its number leaves that of one before it. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function isBusy(error: unknown): boolean {
  const { errcode } = error as { readonly errcode?: number };
  return errcode !== undefined && [5, 6].includes(errcode & 0xff);
}

function toLockFault(error: unknown): unknown {
  const { errcode } = error as { readonly errcode?: number };
  if (errcode === undefined || ![11, 26].includes(errcode & 0xff)) return isBusy(error) ? inUse(0) : error;
  return new StorageFault('storage_unavailable', `The file ${LOCK_FILE} is damaged. Delete it while no Pilotlight uses the data folder.`, {
    cause: error,
  });
}
