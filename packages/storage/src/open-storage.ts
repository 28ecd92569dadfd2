import { Problem } from '@pilotlight/contract';
import type { Clock } from '@pilotlight/contract';

import type { DatabaseLocation } from './adapters/open-database.ts';
import { startStorageWorker } from './adapters/start-storage-worker.ts';
import { openInProcess } from './open-in-process.ts';
import type { ServedStore, Stores, WhyNotWritable } from './serve-store.ts';
import { toStores } from './serve-store.ts';
import { toStorageFault } from './storage-fault.ts';
import type { StorageFault } from './storage-fault.ts';

export interface StorageOptions {
  /** Absolute path of the database, in a folder that is made (0700) if it is missing; or memory, for what need not last; or the address of a Postgres database. */
  readonly location: DatabaseLocation | { readonly url: string };
  readonly clock: Clock;
}

/** The open database. Disposing closes it, after the calls that are under way. */
export interface Storage extends Stores, AsyncDisposable {
  /** A database server is away, or the disk could not be written when the database was opened. */
  readonly whyNotWritable: WhyNotWritable;
}

/**
 * Opens the database and brings its schema up to date. A file has a thread of its own, so that no sync of the disk holds up the event loop.
 * If the disk takes nothing now, a database that is there with the present schema is opened for reading alone, and for writing by the first trial that succeeds.
 * Rejects with `Problem('storage_unavailable')` or `Problem('storage_full')` if it cannot be used: damaged, not to be made or migrated, or written by a newer version;
 * with `Problem('data_folder_in_use')` if another process, or another storage of this one, uses the folder or the Postgres database.
 */
export async function openStorage({ location, clock }: StorageOptions): Promise<Storage> {
  // Loaded only where it is wanted: a start without Postgres does not pay for its driver.
  if ('url' in location)
    return openServed(async () => (await import('./postgres/open-postgres.ts')).openPostgres({ url: location.url, clock }));
  return openServed(() =>
    'memory' in location
      ? openInProcess({ location, nowMs: clock.now() })
      : startStorageWorker({ file: location.file, nowMs: clock.now() }),
  );
}

/** A storage whose calls are served by what `open` gives. */
export async function openServed(open: () => ServedStore | Promise<ServedStore>): Promise<Storage> {
  try {
    const { call, close, whyNotWritable = () => undefined } = await open();
    return { ...toStores(call, toProblem), whyNotWritable, [Symbol.asyncDispose]: close };
  } catch (error) {
    throw toProblem(toStorageFault(error));
  }
}

function toProblem(fault: StorageFault): Problem {
  return new Problem(fault.code, fault.message, { cause: fault.cause });
}
