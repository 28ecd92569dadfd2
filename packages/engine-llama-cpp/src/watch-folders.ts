import type { Clock } from '@pilotlight/contract';

import type { ModelCatalog } from './models/model-catalog.ts';

export interface FolderWatch {
  readonly clock: Clock;
  readonly catalog: ModelCatalog;
  readonly onChange: () => void;
}

/** A folder is looked at this often. Looking takes a few file-system calls and reads no file. */
const INTERVAL_MS = 3_000;

/** Calls back when model files came, went or changed, within a few seconds. Until disposed. */
export function watchFolders({ clock, catalog, onChange }: FolderWatch): Disposable {
  let timer: Disposable | undefined;
  let isDisposed = false;
  let known: string | undefined;

  async function look(): Promise<void> {
    const now = await fingerprint();
    if (isDisposed) return;
    if (known !== undefined && now !== undefined && now !== known) onChange();
    known = now ?? known;
    timer = clock.after(INTERVAL_MS, () => void look());
  }

  async function fingerprint(): Promise<string | undefined> {
    try {
      return await catalog.fingerprint();
    } catch {
      // A disk that fails now may answer next time; until then nothing is known to have changed.
      return undefined;
    }
  }

  void look();
  return {
    [Symbol.dispose]() {
      isDisposed = true;
      timer?.[Symbol.dispose]();
    },
  };
}
