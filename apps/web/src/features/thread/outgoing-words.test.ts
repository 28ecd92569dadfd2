import { describe, expect, it } from 'vitest';

import { outgoingWords } from './outgoing-words.ts';

describe('messages that wait for an answer', () => {
  const words = [1, 2, 3].map((place) => outgoingWords({ kind: 'held' }, place));

  it('say their place, and only the first of them goes next', () => {
    expect(words.map(({ margin }) => margin)).toEqual(['goes next', '2nd in line', '3rd in line']);
    expect(words.map(({ sentence }) => sentence.includes('goes next'))).toEqual([true, false, false]);
  });

  it('say that nothing is lost', () => {
    for (const { sentence } of words) expect(sentence).toContain('Your message is kept');
  });
});
