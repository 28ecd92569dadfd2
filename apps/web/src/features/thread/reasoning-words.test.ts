import { describe, expect, it } from 'vitest';

import { reasoningWords } from './reasoning-words.ts';

const TEXT = 'Two questions: why, and what';

describe('the line over what a model thought', () => {
  it('has the time and the tokens of the receipt', () => {
    const receipt = { reasoning_ms: 4100, reasoning_tokens: 96 };
    expect(reasoningWords(TEXT, { live: undefined, receipt, isRunning: false })).toBe('Thought for 4.1 s, 96 tokens');
  });

  it('has what this page saw where the receipt does not say', () => {
    const live = { reasoningFrom: 1000, reasoningTo: 3000 };
    expect(reasoningWords(TEXT, { live, receipt: {}, isRunning: false })).toBe('Thought for 2 s, 5 words');
    expect(reasoningWords(TEXT, { live: undefined, receipt: undefined, isRunning: false })).toBe('Thought, 5 words');
  });

  it('counts on while it thinks', () => {
    expect(reasoningWords(TEXT, { live: undefined, receipt: undefined, isRunning: true })).toBe('Thinking, 5 words so far');
  });
});
