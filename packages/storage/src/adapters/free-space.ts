import { statfs } from 'node:fs/promises';

import type { DiskSpace } from '../decide-write-state.ts';

/** What is free for this process on the disk of a folder. Undefined: the system does not tell. */
export async function readFreeSpace(folder: string): Promise<DiskSpace | undefined> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return blocks === 0 ? undefined : { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return undefined;
  }
}
