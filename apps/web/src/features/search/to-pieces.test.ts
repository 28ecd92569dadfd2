import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { toPieces } from './to-pieces.ts';

describe('toPieces', () => {
  it('cuts a text at its marks', () => {
    expect(
      toPieces('plan the plan', [
        { start: 9, end: 13 },
        { start: 0, end: 4 },
      ]),
    ).toEqual([
      { text: 'plan', isMarked: true },
      { text: ' the ', isMarked: false },
      { text: 'plan', isMarked: true },
    ]);
  });

  it('shows every letter once, whatever the marks are', () => {
    const mark = fc.record({ start: fc.integer({ min: -5, max: 40 }), end: fc.integer({ min: -5, max: 40 }) });
    fc.assert(
      fc.property(fc.string(), fc.array(mark), (text, marks) => {
        expect(
          toPieces(text, marks)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});
