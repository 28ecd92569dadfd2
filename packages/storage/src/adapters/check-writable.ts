import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

import { StorageFault } from '../storage-fault.ts';

/** Throws the system's error if this process may not write to a file or to its folder, without touching either. */
export function checkWritable(file: string): void {
  accessSync(dirname(file), constants.W_OK | constants.X_OK);
  accessSync(file, constants.W_OK);
}

/** Whether there is such a file, as far as this process may know. */
export function isThere(file: string): boolean {
  return existsSync(file);
}

const TARGET_FAULTS: ReadonlyMap<string | undefined, (folder: string) => string> = new Map([
  ['ENOENT', (folder) => `There is no folder ${folder}. Make it, or name a file in another one.`],
  ['ENOTDIR', (folder) => `${folder} is no folder. Name a file in one.`],
  ['EACCES', (folder) => `The folder ${folder} may not be written: permission denied. Change that, or name a file in another one.`],
  ['EROFS', (folder) => `The folder ${folder} is on a read-only file system. Name a file in another one.`],
]);

/** Throws a fault that names the folder if a new file cannot be made there, and says what helps. */
export function checkTarget(file: string): void {
  const folder = dirname(file);
  try {
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error('no folder'), { code: 'ENOTDIR' });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const words = TARGET_FAULTS.get((error as NodeJS.ErrnoException).code);
    throw words === undefined ? error : new StorageFault('storage_unavailable', words(folder), { cause: error });
  }
}
