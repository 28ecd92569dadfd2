import { expect, test } from 'vitest';

import { parseMemory, toBytes } from './bytes.ts';

test.each([
  ['12GB', 12e9],
  ['12 gb', 12e9],
  ['1.5GiB', 1.5 * 2 ** 30],
  ['800mb', 800e6],
  ['4000000000', 4e9],
  ['1TiB', 2 ** 40],
])('%s is %d bytes', (text, bytes) => {
  expect(toBytes(text)).toBe(bytes);
  expect(parseMemory(text)).toEqual({ ok: true, value: bytes });
});

test.each(['', 'GB', '12 parsecs', '-1GB', '12GB!', '1e9', '0', '999kB', '2000TB'])('%s is no amount of memory', (text) => {
  expect(parseMemory(text)).toMatchObject({ ok: false });
});
