import { expect, test } from 'vitest';

import { toAvailableBytes, toCgroupMemory, toCores } from './machine-limits.ts';

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

test('memory is the least of host and cgroup, file caches counting as free', () => {
  const host = { totalBytes: 1_000, freeBytes: 800 };
  expect(toCgroupMemory(host, { limit: '500', current: '400', stat: 'anon 100\ninactive_file 200\nactive_file 50\n' })).toEqual({
    totalBytes: 500,
    freeBytes: 350,
  });
  expect(toCgroupMemory(host, { limit: 'max', current: '400', stat: '' })).toEqual(host);
  expect(toCgroupMemory(host, { limit: undefined, current: undefined, stat: undefined })).toEqual(host);
  expect(toCgroupMemory(host, { limit: '500', current: '900', stat: undefined })).toEqual({ totalBytes: 500, freeBytes: 0 });
});
