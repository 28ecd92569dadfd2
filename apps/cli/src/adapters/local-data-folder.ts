import { resolve } from 'node:path';

import { Problem } from '@pilotlight/contract';
import { loadSettings } from '@pilotlight/settings';
import type { backUp as BackUp, restore as Restore } from '@pilotlight/storage';

import type { DataFolder } from '../data-folder.ts';
import { ServerFailure } from '../server-client.ts';

/** The data folder that the settings name. The database is loaded only when it is needed. */
export function createDataFolder(): DataFolder {
  return {
    backUp: (name) =>
      withStorage(async ({ backUp }, place) => {
        const file = resolve(name);
        return { ...(await backUp({ ...place, file, nowMs: Date.now() })), file };
      }),
    restore: (name) =>
      withStorage(async ({ restore }, place) => {
        const file = resolve(name);
        return { ...(await restore({ ...place, file, nowMs: Date.now() })), file };
      }),
  };
}

interface StorageModule {
  readonly backUp: typeof BackUp;
  readonly restore: typeof Restore;
}

type Place = Pick<Parameters<typeof BackUp>[0], 'dataFolder' | 'databaseUrl'>;

async function withStorage<T>(body: (storage: StorageModule, place: Place) => Promise<T>): Promise<T> {
  const result = loadSettings();
  if (!result.ok) {
    throw new ServerFailure(result.problems.join('\n'), {
      code: 'invalid_settings',
      remedy: 'Correct the setting; docs/settings.md has them all.',
    });
  }
  try {
    const { dataFolder, databaseUrl } = result.settings;
    return await body(await import('@pilotlight/storage'), { dataFolder, databaseUrl });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const remedy = error.code === 'data_folder_in_use' ? error.remedy : 'Nothing was changed.';
    throw new ServerFailure(error.detail, { code: error.code, remedy, cause: error });
  }
}
