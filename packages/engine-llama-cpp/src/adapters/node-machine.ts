import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { join } from 'node:path';

import type { Machine } from '@pilotlight/contract';

import { toMacAvailableBytes } from '../graphics/read-apple-memory.ts';
import { toAvailableBytes, toCgroupMemory, toCgroupPlaces, toCores } from '../machine-limits.ts';
import type { CgroupFiles, CgroupPlace, MemoryFigures } from '../machine-limits.ts';
import { readGraphics } from './node-graphics.ts';
import { runProgram } from './run-program.ts';

/** The real machine, with the limits of the cgroups that this process lives in. */
export function createNodeMachine(): Machine {
  return {
    cores: toCores(availableParallelism(), readIfThere('/sys/fs/cgroup/cpu.max')),
    memory: readMemory,
    gpus: async () => readGraphics(await readMemory()),
  };
}

async function readMemory(): Promise<MemoryFigures> {
  const host = { totalBytes: totalmem(), freeBytes: (await readAvailable()) ?? freemem() };
  if (process.platform !== 'linux') return host;
  const places = toCgroupPlaces(await readTextIfThere('/proc/self/cgroup'));
  return toCgroupMemory(host, await Promise.all(places.map(readCgroup)));
}

const VM_STAT_LIMIT_MS = 2_000;

/** What programs can still have, caches given up; undefined where the system does not tell. */
async function readAvailable(): Promise<number | undefined> {
  if (process.platform !== 'darwin') return toAvailableBytes(await readTextIfThere('/proc/meminfo'));
  const end = await runProgram('/usr/bin/vm_stat', [], VM_STAT_LIMIT_MS);
  return end.type === 'ended' ? toMacAvailableBytes(end.output, totalmem()) : undefined;
}

async function readCgroup({ folder, limit, current }: CgroupPlace): Promise<CgroupFiles> {
  const [limitText, currentText, stat] = await Promise.all(
    [limit, current, 'memory.stat'].map((name) => readTextIfThere(join(folder, name))),
  );
  return { limit: limitText, current: currentText, stat };
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
