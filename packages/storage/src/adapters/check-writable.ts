import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';

/** Throws the system's error if this process may not write to a file or to its folder, without touching either. */
export function checkWritable(file: string): void {
  accessSync(dirname(file), constants.W_OK | constants.X_OK);
  accessSync(file, constants.W_OK);
}

/** Whether there is such a file, as far as this process may know. */
export function isThere(file: string): boolean {
  return existsSync(file);
}
