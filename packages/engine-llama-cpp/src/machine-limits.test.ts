import { expect, test } from 'vitest';

import { toAvailableBytes, toCgroupMemory, toCgroupPlaces, toCores } from './machine-limits.ts';

test('cores are those of the quota, if it is less', () => {
  expect(toCores(8, '200000 100000\n')).toBe(2);
  expect(toCores(8, '50000 100000')).toBe(1);
  expect(toCores(4, 'max 100000')).toBe(4);
  expect(toCores(4, undefined)).toBe(4);
  expect(toCores(2, '800000 100000')).toBe(2);
});

test('free memory of the host is what programs can have', () => {
  expect(toAvailableBytes('MemTotal: 100 kB\nMemAvailable:   40 kB\n')).toBe(40_960);
  expect(toAvailableBytes(undefined)).toBeUndefined();
});

const HOST = { totalBytes: 1_000, freeBytes: 800 };

test('memory is the least of host and cgroup, file caches counting as free', () => {
  expect(toCgroupMemory(HOST, [{ limit: '500', current: '400', stat: 'anon 100\ninactive_file 200\nactive_file 50\n' }])).toEqual({
    totalBytes: 500,
    freeBytes: 350,
  });
  expect(toCgroupMemory(HOST, [{ limit: 'max', current: '400', stat: '' }])).toEqual(HOST);
  expect(toCgroupMemory(HOST, [{ limit: undefined, current: undefined, stat: undefined }])).toEqual(HOST);
  expect(toCgroupMemory(HOST, [{ limit: '500', current: '900', stat: undefined }])).toEqual({ totalBytes: 500, freeBytes: 0 });
});

test('of several cgroups around a process each limits it', () => {
  const service = { limit: '900', current: '100', stat: '' };
  const slice = { limit: '600', current: '550', stat: '' };
  expect(toCgroupMemory(HOST, [service, slice])).toEqual({ totalBytes: 600, freeBytes: 50 });
});

test('version 1 has no limit in a figure that no machine has, and its caches are those of all below', () => {
  const stat = 'inactive_file 10\nactive_file 10\ntotal_inactive_file 200\ntotal_active_file 50\n';
  expect(toCgroupMemory(HOST, [{ limit: '9223372036854771712', current: '700', stat }])).toEqual(HOST);
  expect(toCgroupMemory(HOST, [{ limit: '600', current: '500', stat }])).toEqual({ totalBytes: 600, freeBytes: 350 });
});

test('looks at the cgroup of the process and at all above it, of either version', () => {
  const folders = (text: string | undefined): readonly string[] => toCgroupPlaces(text).map(({ folder, limit }) => `${folder}/${limit}`);
  expect(folders('0::/system.slice/pilotlight.service\n')).toEqual([
    '/sys/fs/cgroup/memory.max',
    '/sys/fs/cgroup/system.slice/memory.max',
    '/sys/fs/cgroup/system.slice/pilotlight.service/memory.max',
  ]);
  expect(folders('5:devices:/\n4:hugetlb,memory:/a/b\n0::/\n')).toEqual([
    '/sys/fs/cgroup/memory.max',
    '/sys/fs/cgroup/memory/a/memory.limit_in_bytes',
    '/sys/fs/cgroup/memory/a/b/memory.limit_in_bytes',
    '/sys/fs/cgroup/memory/memory.limit_in_bytes',
  ]);
  expect(folders(undefined)).toEqual(['/sys/fs/cgroup/memory.max']);
  expect(folders('0::/../../outside\n')).toEqual(['/sys/fs/cgroup/memory.max']);
});
