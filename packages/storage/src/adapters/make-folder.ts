import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder (0700) and those above it that are missing, one after the other: Node's own `recursive` never ends where the system says of a folder that is
 * there that there is none, as `/proc` does. Throws the system's error if it cannot be made, is a file, or may not be written to.
 */
export function makeFolder(folder: string): void {
  for (const missing of missingFolders(folder)) makeOne(missing);
  if (!statSync(folder).isDirectory()) throw Object.assign(new Error(`${folder} is a file`), { code: 'ENOTDIR', path: folder });
  accessSync(folder, constants.W_OK | constants.X_OK);
}

/** The folder and those above it that are not there, the uppermost first. */
function missingFolders(folder: string): string[] {
  const missing: string[] = [];
  for (let place = folder; statSync(place, { throwIfNoEntry: false }) === undefined; place = dirname(place)) {
    missing.unshift(place);
    if (dirname(place) === place) break;
  }
  return missing;
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Somebody else may have made it in this moment.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
