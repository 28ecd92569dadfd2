import { describe, expect, test } from 'vitest';

import { toUnitLength } from './vector.ts';

describe('the unit length', () => {
  test('keeps the direction', () => {
    expect(toUnitLength([3, 4])).toEqual([0.6, 0.8]);
    expect(toUnitLength([0, 1])).toEqual([0, 1]);
  });

  test.each([[[0, 0, 0]], [[Number.MAX_VALUE, Number.MAX_VALUE]]])('of %j there is none: it is refused', (vector) => {
    expect(() => toUnitLength(vector)).toThrow(expect.objectContaining({ name: 'EngineError', failure: 'protocol' }));
  });
});
