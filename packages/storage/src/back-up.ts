import { join } from 'node:path';

import { Problem } from '@pilotlight/contract';

import { checkTarget, isThere } from './adapters/check-writable.ts';
import { copyDatabase } from './adapters/copy-database.ts';
import { restoreDatabase } from './adapters/restore-database.ts';
import type { Restored } from './adapters/restore-database.ts';
import type { DatabaseFacts } from './database-facts.ts';
import { toStorageFault } from './storage-fault.ts';

/** The name of the database in the data folder. */
export const DATABASE_FILE = 'pilotlight.db';

/** Whether there is a database in a data folder, which may be readable where nothing can be stored. */
export function hasDatabase(dataFolder: string): boolean {
  return isThere(join(dataFolder, DATABASE_FILE));
}

export interface BackUpOptions {
  readonly dataFolder: string;
  /** Of the Postgres database that is used in place of a file in the data folder. */
  readonly databaseUrl?: string | undefined;
  /** Absolute path of a file that is not there yet. */
  readonly file: string;
  readonly nowMs: number;
}

/** Writes all conversations, from the data folder or from Postgres, into one file and checks it; a server may run meanwhile. Rejects with `Problem('storage_unavailable')`. */
export async function backUp({ dataFolder, databaseUrl, file, nowMs }: BackUpOptions): Promise<DatabaseFacts> {
  try {
    checkTarget(file);
    if (databaseUrl !== undefined) {
      const { backUpPostgres } = await import('./postgres/adapters/back-up-postgres.ts');
      return await backUpPostgres({ url: databaseUrl, file, nowMs });
    }
    return await copyDatabase(join(dataFolder, DATABASE_FILE), file);
  } catch (error) {
    throw toProblem(error);
  }
}

/**
 * Puts a backup, wherever it is from, in the place of the database of the data folder, or of Postgres, and keeps that beside it. Rejects with `Problem('data_folder_in_use')` while a server runs,
 * and with `Problem('storage_unavailable')` if the file is no backup, is damaged, or was written by a newer version.
 */
export async function restore({ dataFolder, databaseUrl, file, nowMs }: BackUpOptions): Promise<Restored> {
  try {
    if (databaseUrl !== undefined) {
      const { restorePostgres } = await import('./postgres/adapters/restore-postgres.ts');
      const incoming = join(dataFolder, `${DATABASE_FILE}.restoring-${nowMs}`);
      return await restorePostgres({ url: databaseUrl, backup: file, incoming, nowMs });
    }
    return restoreDatabase({ backup: file, database: join(dataFolder, DATABASE_FILE), nowMs });
  } catch (error) {
    throw toProblem(error);
  }
}

function toProblem(error: unknown): Problem {
  const { code, message, cause } = toStorageFault(error);
  return new Problem(code, message, { cause });
}
