import type { Disk } from '@pilotlight/contract';

import { toOomKills } from './exit-reason.ts';

/** Where the kernel counts the processes that it killed for memory: in this cgroup, and on the whole machine. */
const COUNTERS = ['/sys/fs/cgroup/memory.events', '/proc/vmstat'];
const MOST_BYTES = 64 * 1024;

/** Remembers how many processes the kernel has killed for memory until now; the result tells whether another was since. Never rejects. */
export function watchOomKills(disk: Disk): () => Promise<boolean> {
  const before = countKills(disk);
  return async () => (await countKills(disk)) > (await before);
}

async function countKills(disk: Disk): Promise<number> {
  const counts = await Promise.all(COUNTERS.map((path) => countIn(disk, path)));
  return counts.reduce((sum, kills) => sum + kills, 0);
}

async function countIn(disk: Disk, path: string): Promise<number> {
  try {
    return toOomKills(new TextDecoder().decode(await disk.read(path, 0, MOST_BYTES)));
  } catch {
    // Not Linux, or not to be read: then there is no evidence.
    return 0;
  }
}
