import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createTokenText } from './token-text.ts';

/** A model whose tokens are bytes. */
const bytesModel = { detokenize: (tokens: readonly number[]): string => new TextDecoder().decode(new Uint8Array(tokens)) };

test('every piece is whole characters, and nothing is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
      const tokens = createTokenText<number>(bytesModel);
      const pieces = [...new TextEncoder().encode(text)].map((byte) => tokens.push(byte));
      for (const piece of pieces) expect(piece.isWellFormed() && !piece.includes('\uFFFD')).toBe(true);
      expect(pieces.join('') + tokens.end()).toBe(text);
    }),
  );
});

test('bytes that never become a character come out as the sign for that', () => {
  const tokens = createTokenText<number>(bytesModel);
  expect(tokens.push(0xe2)).toBe('');
  expect(tokens.end()).toBe('\uFFFD');
  expect(tokens.end()).toBe('');
  expect([0xff, 0xff, 0xff, 0xff, 0x41].map((byte) => tokens.push(byte)).join('')).toBe('\uFFFD\uFFFD\uFFFD\uFFFDA');
});
