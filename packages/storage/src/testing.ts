import { openInProcess } from './open-in-process.ts';
import type { InProcessOptions } from './open-in-process.ts';
import { openServed } from './open-storage.ts';
import type { Storage } from './open-storage.ts';

export type { SqliteConnection, SqliteStatement, SqliteValue } from './sqlite-connection.ts';

/** For tests: a storage on the caller's thread, whose connection can be wrapped, to make it fail. */
export function openTestStorage(options: InProcessOptions): Promise<Storage> {
  return openServed(() => openInProcess(options));
}
