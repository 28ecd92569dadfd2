import { Problem } from '@pilotlight/contract';
import { expect, it } from 'vitest';

import { fromCursor, toCursor } from './list-cursor.ts';

it.each([true, false])('a cursor leads back to its place, pinned or not: %s', (pinned) => {
  const place = { id: 'a-b_C', pinned, updatedMs: 1_767_225_600_123 };
  expect(fromCursor(toCursor(place))).toEqual(place);
});

it.each(['', 'x', '1', '1.', '.a', '1.a b', '-1.a', '1e3.a', 'pp1.a', 'q1.a', 'p.a', `1.${'a'.repeat(65)}`, "1.'; DROP TABLE messages"])(
  '%j is refused',
  (cursor) => {
    expect(() => fromCursor(cursor)).toThrow(Problem);
  },
);
