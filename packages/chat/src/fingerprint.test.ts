import { expect, it } from 'vitest';

import { toFingerprint } from './fingerprint.ts';

it('is the same for the same content, and another for other content', () => {
  expect(toFingerprint({ a: 1, b: { c: [1, 2], d: undefined } })).toBe(toFingerprint({ b: { c: [1, 2] }, a: 1, e: undefined }));
  const others = [
    {},
    { a: 1 },
    { a: '1' },
    { a: null },
    { b: 1 },
    { a: [1, 2] },
    { a: [2, 1] },
    { a: [{ x: 1 }, {}] },
    { a: [{}, { x: 1 }] },
  ];
  expect(new Set(others.map(toFingerprint)).size).toBe(others.length);
});
