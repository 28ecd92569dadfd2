import { describe, expect, it } from 'vitest';

import { applyParts, EMPTY_ANSWER } from './answer-state.ts';
import { answeringWords } from './live-speed.ts';

function heard(pieces: readonly (readonly [at: number, text: string])[]) {
  return pieces.reduce((state, [at, text], offset) => applyParts(state, [{ offset, part: { type: 'text', text } }], at), EMPTY_ANSWER);
}

describe('the speed of an answer that is being written', () => {
  it('is of the words that came while this page looked on', () => {
    const live = heard([
      [0, 'one two three '],
      [0, 'four five '],
      [1000, 'six seven '],
      [2000, 'eight nine ten'],
    ]);
    expect(answeringWords(live, 'one two three four five six seven eight nine ten')).toBe('answering, 10 words, 2.5 words/s');
  });

  it('is not made up of a log that was read again at once', () => {
    expect(answeringWords(heard([[5000, 'one two three four']]), 'one two three four')).toBe('answering, 4 words');
    expect(answeringWords(undefined, 'one')).toBe('answering, 1 word');
  });
});
