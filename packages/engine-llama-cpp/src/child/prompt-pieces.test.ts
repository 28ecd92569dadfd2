import { expect, test } from 'vitest';

import { nextPieceLength } from './prompt-pieces.ts';

test('a piece takes about a quarter of a second, and never more than a batch', () => {
  expect(nextPieceLength(undefined, 0, 512)).toBe(64);
  expect(nextPieceLength(0.4, 0, 512)).toBe(100);
  expect(nextPieceLength(40, 0, 512)).toBe(512);
  expect(nextPieceLength(0.001, 0, 512)).toBe(16);
});

test('pieces are smaller while others write', () => {
  expect(nextPieceLength(0.4, 1, 512)).toBe(25);
});
