import type { GpuMemory } from '@pilotlight/contract';

import type { MemoryFigures } from '../machine-limits.ts';

const GIBIBYTE = 2 ** 30;
/** Up to so much memory graphics get two thirds of it, above three quarters: what Metal recommends as its working set, or a little less. */
const SMALL_MACHINE = 36 * GIBIBYTE;

/**
 * What graphics may have of the memory of a machine with Apple silicon. `settings`: what `sysctl iogpu.wired_limit_mb machdep.cpu.brand_string` printed;
 * a limit of 0, or none, stands for the system's own.
 */
export function toAppleGraphics(settings: string | undefined, host: MemoryFigures): GpuMemory {
  const limit = Number(/^iogpu\.wired_limit_mb:\s*(\d+)$/mu.exec(settings ?? '')?.[1] ?? 0) * 2 ** 20;
  const name = /^machdep\.cpu\.brand_string:\s*(\S.*)$/mu.exec(settings ?? '')?.[1]?.trim() ?? 'Apple graphics';
  const share = host.totalBytes <= SMALL_MACHINE ? 2 / 3 : 3 / 4;
  const totalBytes = Math.min(host.totalBytes, limit > 0 ? limit : Math.floor(host.totalBytes * share));
  return { name, totalBytes, freeBytes: Math.min(totalBytes, host.freeBytes), isUnified: true };
}

/** Pages that nothing but the file system, or nobody, would miss. */
const HELD = ['Anonymous pages', 'Pages wired down', 'Pages occupied by compressor'] as const;

/**
 * What programs can still have on macOS, from `vm_stat`: all but what programs hold, what is wired and what is kept compressed, as its own Activity
 * Monitor counts. Its count of free pages alone is a fraction of that, as it keeps files in all the rest. Undefined where a figure is missing.
 */
export function toMacAvailableBytes(vmStat: string | undefined, totalBytes: number): number | undefined {
  const pageBytes = Number(/page size of (\d+) bytes/u.exec(vmStat ?? '')?.[1] ?? Number.NaN);
  const pages = HELD.map((name) => toPages(vmStat, name));
  const purgeable = toPages(vmStat, 'Pages purgeable') ?? 0;
  if (!Number.isFinite(pageBytes) || pages.includes(undefined)) return undefined;
  const held = pages.reduce<number>((sum, count) => sum + (count ?? 0), 0) - purgeable;
  return Math.max(0, totalBytes - held * pageBytes);
}

function toPages(vmStat: string | undefined, name: string): number | undefined {
  const count = new RegExp(`^${name}:\\s+(\\d+)\\.?$`, 'mu').exec(vmStat ?? '')?.[1];
  return count === undefined ? undefined : Number(count);
}
