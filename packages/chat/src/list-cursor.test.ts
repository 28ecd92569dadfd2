import { Problem } from '@pilotlight/contract';
import { expect, it } from 'vitest';

import { fromCursor, toCursor } from './list-cursor.ts';

it('a cursor leads back to its place', () => {
  const record = { id: 'a-b_C', title: '', createdMs: 1, updatedMs: 1_767_225_600_123, headId: null, runningGenerationId: undefined };
  expect(fromCursor(toCursor(record))).toEqual({ updatedMs: 1_767_225_600_123, id: 'a-b_C' });
});

it.each(['', 'x', '1', '1.', '.a', '1.a b', '-1.a', '1e3.a', `1.${'a'.repeat(65)}`, "1.'; DROP TABLE messages"])(
  '%j is refused',
  (cursor) => {
    expect(() => fromCursor(cursor)).toThrow(Problem);
  },
);
