import { closeSync, fdatasync, openSync } from 'node:fs';

/** The disk under a database: what was committed before is on it when `sync` resolves. */
export interface JournalSync extends Disposable {
  readonly sync: () => Promise<void>;
}

/**
 * Syncs the write-ahead log of an open database from outside its connection, so that the connection goes on meanwhile. SQLite writes every commit to that
 * file, in order and with a running checksum, and syncs it by itself before a checkpoint takes from it: synced up to a commit, it holds all until there.
 * The file is there as soon as the database was read, and stays until its last connection closes.
 */
export function openJournalSync(databaseFile: string): JournalSync {
  const descriptor = openSync(`${databaseFile}-wal`, 'r+');
  return {
    sync() {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      fdatasync(descriptor, (error) => (error ? reject(error) : resolve()));
      return promise;
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}
