import { statSync } from 'node:fs';
import { join } from 'node:path';

import type { Settings } from '@pilotlight/settings';

/** A folder whose `.gguf` files are models. */
export interface ModelFolder {
  readonly path: string;
  readonly isThere: boolean;
  /** Named by `PILOTLIGHT_MODELS`; the other one belongs to the data folder. */
  readonly isNamed: boolean;
}

/** Where the built-in engine looks for models, the folder of the data folder first. */
export function modelFolders({ dataFolder, modelFolders: named }: Pick<Settings, 'dataFolder' | 'modelFolders'>): readonly ModelFolder[] {
  return [{ path: join(dataFolder, 'models'), isNamed: false }, ...named.map((path) => ({ path, isNamed: true }))].map((folder) => ({
    ...folder,
    isThere: statSync(folder.path, { throwIfNoEntry: false })?.isDirectory() === true,
  }));
}
