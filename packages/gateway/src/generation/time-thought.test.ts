import { expect, it } from 'vitest';

import { timeThought } from './time-thought.ts';
import type { Thought } from './time-thought.ts';

function timeOf(...parts: readonly (readonly ['reasoning' | 'text', number])[]): number | undefined {
  const thought: Thought = {};
  const timer = timeThought(thought);
  for (const [type, nowMs] of parts) timer.take({ type, text: 'x' }, nowMs);
  return thought.reasoningMs;
}

it('is from the first thought to the first word, whatever comes after that', () => {
  expect(timeOf(['reasoning', 100], ['reasoning', 250], ['text', 400], ['text', 900], ['reasoning', 950])).toBe(300);
});

it('is that of the thoughts alone where no word has come', () => {
  expect(timeOf(['reasoning', 100], ['reasoning', 250])).toBe(150);
});

it('is not there where nothing was thought, or only behind the first word', () => {
  expect(timeOf(['text', 100])).toBeUndefined();
  expect(timeOf(['text', 100], ['reasoning', 150], ['text', 190])).toBeUndefined();
});
