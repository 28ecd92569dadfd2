import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { Disk, FileFacts } from '@pilotlight/contract';

/** The real disk, for reading. */
export function createNodeDisk(): Disk {
  return { list, stat: factsOf, read };
}

async function list(folder: string): Promise<readonly FileFacts[]> {
  const names = await absentAs(readdir(folder), []);
  const facts = await Promise.all(names.map((name) => factsOf(join(folder, name))));
  return facts.filter((file) => file !== undefined);
}

async function factsOf(path: string): Promise<FileFacts | undefined> {
  const stats = await absentAs(stat(path), undefined);
  return stats?.isFile() === true ? { path, sizeBytes: stats.size, modifiedMs: stats.mtimeMs } : undefined;
}

async function read(path: string, offset: number, length: number): Promise<Uint8Array> {
  await using handle = await open(path, 'r');
  const buffer = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** What is not there, or may not be looked at, counts as absent: a folder that a person named wrongly must not hide the models of the others. */
async function absentAs<T>(result: Promise<T>, absent: T): Promise<T> {
  try {
    return await result;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES' || code === 'EPERM' || code === 'ELOOP') return absent;
    throw error;
  }
}
