import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

/** A connection that writes nothing, neither to the database nor beside it. */
export interface ReadingConnection {
  readonly connection: DatabaseSync;
  /** Whether the files have become others than they were when it was opened: then what it reads may be wrong. */
  readonly isStale: () => boolean;
}

interface Way {
  /** Of the address of the file. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly readOnly: boolean;
}

/** Takes the file for what it is: right as long as nothing is beside it, and nobody writes. */
const ALONE: Way = { parameters: { immutable: '1' }, readOnly: true };
/** Needs the index of the log, or room for one. */
const WITH_LOG: Way = { parameters: {}, readOnly: true };
/** Keeps the index of the log in memory, for which the file is locked to all others, and has to be one that can be written. */
const WITH_LOG_IN_MEMORY: Way = { parameters: { vfs: 'unix-excl' }, readOnly: false };

/**
 * Opens a database whose disk may be full, or may not be written, with all that was stored, also what lies in the write-ahead log beside it. `isLocked`: the
 * folder is this process's alone. Undefined: there is none. Throws what the system or SQLite says if it cannot be read.
 */
export function readDatabase(file: string, isLocked: boolean): ReadingConnection | undefined {
  const found = facts(file);
  if (found.size === 0) return undefined;
  const isSettled = sizeOf(`${file}-wal`) === 0 && sizeOf(`${file}-journal`) === 0;
  const ways = isSettled ? [ALONE] : [WITH_LOG, ...(isLocked && process.platform !== 'win32' ? [WITH_LOG_IN_MEMORY] : [])];
  const connection = openFirst(file, ways);
  return {
    connection,
    isStale: () => isSettled && (sizeOf(`${file}-wal`) > 0 || JSON.stringify(facts(file)) !== JSON.stringify(found)),
  };
}

/** Whether a part of a database lies in a log beside it that has no index: it is read with one that is made, which takes a place that can be written. */
export function lacksIndex(file: string): boolean {
  return sizeOf(`${file}-wal`) > 0 && !existsSync(`${file}-shm`);
}

function openFirst(file: string, ways: readonly Way[]): DatabaseSync {
  const errors: unknown[] = [];
  for (const { parameters, readOnly } of ways) {
    const address = pathToFileURL(file);
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
    const database = new DatabaseSync(address, { readOnly, timeout: 5000 });
    try {
      database.exec('PRAGMA query_only = ON; PRAGMA trusted_schema = OFF');
      database.prepare('SELECT count(*) AS tables FROM sqlite_master').get();
      return database;
    } catch (error) {
      database.close();
      errors.push(error);
    }
  }
  throw errors[0];
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function facts(file: string): { readonly size: number; readonly changedMs: number; readonly place: number } {
  const { size = 0, mtimeMs: changedMs = 0, ino: place = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {};
  return { size, changedMs, place };
}
