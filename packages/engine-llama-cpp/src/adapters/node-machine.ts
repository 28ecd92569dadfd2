import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';

import type { Machine } from '@pilotlight/contract';

import { toAvailableBytes, toCgroupMemory, toCores } from '../machine-limits.ts';

/** The real machine, with the limits of the cgroup that this process lives in. */
export function createNodeMachine(): Machine {
  return {
    cores: toCores(availableParallelism(), readIfThere('/sys/fs/cgroup/cpu.max')),
    async memory() {
      const [info, limit, current, stat] = await Promise.all(
        ['/proc/meminfo', '/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory.current', '/sys/fs/cgroup/memory.stat'].map(readTextIfThere),
      );
      const host = { totalBytes: totalmem(), freeBytes: toAvailableBytes(info) ?? freemem() };
      return toCgroupMemory(host, { limit, current, stat });
    },
  };
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

async function readTextIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
