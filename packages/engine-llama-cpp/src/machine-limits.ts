/** Memory of a machine, in bytes. */
export interface MemoryFigures {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** The files of a version 2 cgroup, as text; undefined where there is none. */
export interface CgroupFiles {
  readonly limit: string | undefined;
  readonly current: string | undefined;
  readonly stat: string | undefined;
}

/** Cores that may be used: what the scheduler allows, and the quota in `cpu.max` ("200000 100000" is two cores) if there is one. At least 1. */
export function toCores(available: number, cpuMax: string | undefined): number {
  const [quota, period] = (cpuMax ?? '').trim().split(/\s+/u).map(Number);
  const limit = quota !== undefined && period !== undefined && quota > 0 && period > 0 ? Math.floor(quota / period) : available;
  return Math.max(1, Math.min(available, limit));
}

/** What programs can still have, caches given up, from `/proc/meminfo`. */
export function toAvailableBytes(meminfo: string | undefined): number | undefined {
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/mu.exec(meminfo ?? '')?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

/** The least of what the host and the cgroup allow. File caches of the cgroup count as free, as the kernel gives them up first. */
export function toCgroupMemory(host: MemoryFigures, files: CgroupFiles): MemoryFigures {
  const limit = Number(files.limit ?? Number.NaN);
  const current = Number(files.current ?? Number.NaN);
  if (!Number.isFinite(limit) || !Number.isFinite(current)) return host;
  const cache = ['inactive_file', 'active_file'].reduce((sum, name) => sum + toFigure(files.stat, name), 0);
  const free = Math.max(0, limit - Math.max(0, current - cache));
  return { totalBytes: Math.min(host.totalBytes, limit), freeBytes: Math.min(host.freeBytes, free) };
}

function toFigure(stat: string | undefined, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'mu').exec(stat ?? '')?.[1] ?? 0);
}
