import { expect, it } from 'vitest';

import { splitExport } from './split-export.ts';

const items = Array.from({ length: 10 }, (_, index) => ({ index, text: 'x'.repeat(80) }));

it('keeps every conversation, in order, in pieces of the size', () => {
  const pieces = splitExport(items, 300) as unknown[][];
  expect(pieces.flat()).toEqual(items);
  expect(pieces.length).toBeGreaterThan(2);
  for (const piece of pieces) expect(JSON.stringify(piece).length).toBeLessThan(310);
  expect(splitExport(items, 1)).toHaveLength(10);
  expect(
    splitExport(
      Array.from({ length: 1001 }, () => 1),
      1e9,
    ),
  ).toHaveLength(2);
});

it('keeps what stands around the conversations, and leaves alone what has none', () => {
  expect(splitExport({ format: 'x', conversations: items }, 1e9)).toEqual([{ format: 'x', conversations: items }]);
  expect(splitExport({ conversationId: 'x', messages: [] }, 1)).toEqual([{ conversationId: 'x', messages: [] }]);
  expect(splitExport([], 1)).toEqual([[]]);
  expect(splitExport(null, 1)).toEqual([null]);
});
