/** Memory of a machine, in bytes. */
export interface MemoryFigures {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** The files of one cgroup, as text; undefined where there is none. */
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

/** A cgroup whose limits may hold for this process, and the names of its files. */
export interface CgroupPlace {
  readonly folder: string;
  readonly limit: string;
  readonly current: string;
}

const VERSION_1 = { root: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes', current: 'memory.usage_in_bytes' };
const VERSION_2 = { root: '/sys/fs/cgroup', limit: 'memory.max', current: 'memory.current' };

/**
 * The cgroups that this process is in, from `/proc/self/cgroup`, and all above them: each may have a limit of its own. The root is always among them, as
 * in a container it is where the container's own limit stands, whatever path the process sees.
 */
export function toCgroupPlaces(ownCgroups: string | undefined): readonly CgroupPlace[] {
  const places = [...toPlaces(VERSION_2, '/')];
  for (const line of (ownCgroups ?? '').split('\n')) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(\/.*)$/u.exec(line) ?? [];
    if (path === '' || path.split('/').includes('..')) continue;
    if (controllers === '') places.push(...toPlaces(VERSION_2, path));
    else if (controllers.split(',').includes('memory')) places.push(...toPlaces(VERSION_1, path), ...toPlaces(VERSION_1, '/'));
  }
  return [...new Map(places.map((place) => [place.folder, place])).values()];
}

function toPlaces({ root, ...names }: typeof VERSION_1, path: string): readonly CgroupPlace[] {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.length === 0
    ? [{ folder: root, ...names }]
    : parts.map((_, index) => ({ folder: [root, ...parts.slice(0, index + 1)].join('/'), ...names }));
}

/** The least of what the host and the cgroups allow. File caches of a cgroup count as free, as the kernel gives them up first. */
export function toCgroupMemory(host: MemoryFigures, cgroups: readonly CgroupFiles[]): MemoryFigures {
  return cgroups.reduce(withinCgroup, host);
}

function withinCgroup(within: MemoryFigures, files: CgroupFiles): MemoryFigures {
  const limit = Number(files.limit ?? Number.NaN);
  const current = Number(files.current ?? Number.NaN);
  if (!Number.isFinite(limit) || !Number.isFinite(current)) return within;
  const cache = toFileCache(files.stat, 'inactive_file') + toFileCache(files.stat, 'active_file');
  const free = Math.max(0, limit - Math.max(0, current - cache));
  return { totalBytes: Math.min(within.totalBytes, limit), freeBytes: Math.min(within.freeBytes, free) };
}

/** Version 1 counts a cgroup's own pages under that name, and those of all below it, which its usage has too, under one with `total_` before it. */
function toFileCache(stat: string | undefined, name: string): number {
  const figure = (entry: string): string | undefined => new RegExp(`^${entry} (\\d+)$`, 'mu').exec(stat ?? '')?.[1];
  return Number(figure(`total_${name}`) ?? figure(name) ?? 0);
}
