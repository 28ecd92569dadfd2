import { dirname } from 'node:path';

import { lockFolderToRead } from './adapters/lock-folder.ts';
import { lacksIndex, readDatabase } from './adapters/read-database.ts';
import type { ReadingConnection } from './adapters/read-database.ts';
import { stepsLeft } from './migrations/migrate.ts';
import { createOperations } from './open-in-process.ts';
import type { StoreMethod } from './serve-store.ts';
import { createLogTable } from './sqlite-log.ts';
import { StorageFault } from './storage-fault.ts';
import { createTransact } from './transaction.ts';

/** A store of which everything can be read, while nothing can be stored. */
export interface ReadStore extends Disposable {
  /** Undefined: this method writes. Throws what the connection throws. */
  read(method: StoreMethod): ((parameters: readonly unknown[]) => unknown) | undefined;
}

/** What to do about a log that cannot be read in its place: leaving it out would hide what was stored last. */
const NO_INDEX =
  'What was stored last is in a second file beside the database (-wal), which can be read only where a third one (-shm) can be made. Copy the data folder to a place that can be written, and name that in PILOTLIGHT_DATA.';

interface Opened {
  readonly read: ReadStore['read'];
  readonly isStale: () => boolean;
  readonly close: () => void;
}

/**
 * Opens what is stored in a file for reading alone. `fault`: why it cannot be opened for writing; that is thrown, with what is the matter, if there is nothing that
 * could be read as it is. The folder is locked meanwhile if that can be; where it cannot, what somebody else writes is seen and read after that.
 */
export function openReadStore(file: string, fault: StorageFault): ReadStore {
  using opening = new DisposableStack();
  const lock = lockFolderToRead(dirname(file));
  if (lock !== undefined) opening.use(lock);
  const open = (): Opened => openOnce(file, lock !== undefined, fault);
  let current = opening.adopt(open(), () => current.close());
  const owned = opening.move();
  return {
    read(method) {
      if (current.isStale()) {
        current.close();
        current = open();
      }
      return current.read(method);
    },
    [Symbol.dispose]: () => owned.dispose(),
  };
}

function openOnce(file: string, isLocked: boolean, fault: StorageFault): Opened {
  const { connection, isStale } = readOrExplain(file, isLocked, fault);
  try {
    if (stepsLeft(connection) > 0) {
      throw explain(fault, 'The database is of an older version of Pilotlight and has to be brought up to date before it can be read.');
    }
    const log = createLogTable(connection);
    const operations = createOperations(connection, log);
    const transact = createTransact(connection);
    let isOpen = true;
    return {
      read(method) {
        const { durability, run } = operations[method];
        // Whoever writes may have written more of a running log, or moved it to its place.
        log.forget();
        return durability === 'read'
          ? (parameters) => transact('read', () => (run as (...values: readonly unknown[]) => unknown)(...parameters))
          : undefined;
      },
      isStale,
      close() {
        if (isOpen) connection.close();
        isOpen = false;
      },
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}

function readOrExplain(file: string, isLocked: boolean, fault: StorageFault): ReadingConnection {
  try {
    const found = readDatabase(file, isLocked);
    if (found === undefined) throw explain(fault, 'There is no database yet that could be read.');
    return found;
  } catch (error) {
    throw explain(fault, lacksIndex(file) ? NO_INDEX : 'The database cannot be read as it is either.', error);
  }
}

function explain(fault: StorageFault, words: string, cause: unknown = fault.cause): StorageFault {
  return cause instanceof StorageFault ? cause : new StorageFault(fault.code, `${fault.message} ${words}`, { cause });
}
