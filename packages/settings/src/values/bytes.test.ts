import { expect, test } from 'vitest';

import { parseEngineMemory, parseMemory, toBytes } from './bytes.ts';

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

test('amounts for engines are read by their names, which may hold a port', () => {
  expect(parseEngineMemory('ollama@gpu-1:11434=24GB, studio = 16GiB')).toEqual({
    ok: true,
    value: { 'ollama@gpu-1:11434': 24e9, studio: 16 * 2 ** 30 },
  });
});

test.each(['24GB', 'gpu', 'gpu=', '=24GB', 'gpu=24 parsecs', 'gpu=1GB,gpu=2GB', 'gpu=1GB,,b=2GB'])(
  '%s is no amount for an engine',
  (text) => {
    expect(parseEngineMemory(text)).toMatchObject({ ok: false });
  },
);
