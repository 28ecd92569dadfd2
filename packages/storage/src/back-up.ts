import { join } from 'node:path';

import { Problem } from '@pilotlight/contract';

import { copyDatabase } from './adapters/copy-database.ts';
import { restoreDatabase } from './adapters/restore-database.ts';
import type { Restored } from './adapters/restore-database.ts';
import type { DatabaseFacts } from './database-facts.ts';
import { toStorageFault } from './storage-fault.ts';

/** The name of the database in the data folder. */
export const DATABASE_FILE = 'pilotlight.db';

export interface BackUpOptions {
  readonly dataFolder: string;
  /** Absolute path of a file that is not there yet. */
  readonly file: string;
}

/** Writes all conversations into one file and checks it; a server may run meanwhile. Rejects with `Problem('storage_unavailable')`. */
export async function backUp({ dataFolder, file }: BackUpOptions): Promise<DatabaseFacts> {
  try {
    return await copyDatabase(join(dataFolder, DATABASE_FILE), file);
  } catch (error) {
    throw toProblem(error);
  }
}

/**
 * Puts a backup in the place of the database of the data folder, and keeps that beside it. Rejects with `Problem('data_folder_in_use')` while a server runs,
 * and with `Problem('storage_unavailable')` if the file is no backup, is damaged, or was written by a newer version.
 */
export async function restore({ dataFolder, file, nowMs }: BackUpOptions & { readonly nowMs: number }): Promise<Restored> {
  try {
    return restoreDatabase({ backup: file, database: join(dataFolder, DATABASE_FILE), nowMs });
  } catch (error) {
    throw toProblem(error);
  }
}

function toProblem(error: unknown): Problem {
  const { code, message, cause } = toStorageFault(error);
  return new Problem(code, message, { cause });
}
