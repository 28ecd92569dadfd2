import { expect, test } from 'vitest';

import { connectLimitMs } from './connect-limit.ts';

test.each([
  ['http://127.0.0.1:11434', 2_000],
  ['http://localhost:8000/v1', 2_000],
  ['http://engine.localhost', 2_000],
  ['http://[::1]:11434', 2_000],
  ['http://192.168.1.20:11434', 10_000],
  ['http://127.0.0.1.example.com', 10_000],
  ['https://gpu-1:8000/v1', 10_000],
  ['http://[fd00::1]:11434', 10_000],
])('a connection to %s may take %d ms', (address, ms) => {
  expect(connectLimitMs(address)).toBe(ms);
});
