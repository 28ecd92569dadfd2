import { expect, test } from 'vitest';

import { createReasoningSplitter } from './reasoning-splitter.ts';
import type { ReasoningMarks, SplitPart } from './reasoning-splitter.ts';

const marks: ReasoningMarks = { open: '<think>', close: '</think>', startsInside: false };

function split(text: string, size: number, given: ReasoningMarks | undefined = marks): Record<SplitPart['type'], string> {
  const splitter = createReasoningSplitter(given);
  const result = { text: '', reasoning: '' };
  const add = (parts: readonly SplitPart[]): void => {
    for (const part of parts) result[part.type] += part.text;
  };
  for (let at = 0; at < text.length; at += size) add(splitter.push(text.slice(at, at + size)));
  add(splitter.end());
  return result;
}

test.each([1, 2, 3, 7, 100])('in pieces of %i: reasoning first, then the answer', (size) => {
  expect(split('\n<think>\nhm</think>\n\nfour</think>', size)).toEqual({ reasoning: '\nhm', text: 'four</think>' });
  expect(split('<thin ice>', size)).toEqual({ reasoning: '', text: '<thin ice>' });
  expect(split('say <think> and </think>', size)).toEqual({ reasoning: '', text: 'say <think> and </think>' });
  expect(split('<think>never ends </thi', size)).toEqual({ reasoning: 'never ends </thi', text: '' });
  expect(split('<think', size)).toEqual({ reasoning: '', text: '<think' });
});

test('a template that opens the reasoning itself', () => {
  expect(split('hm</think>four', 3, { ...marks, startsInside: true })).toEqual({ reasoning: 'hm', text: 'four' });
});

test('a model without reasoning', () => {
  const splitter = createReasoningSplitter(undefined);
  expect(splitter.push('<think>')).toEqual([{ type: 'text', text: '<think>' }]);
  expect(splitter.end()).toEqual([]);
});
