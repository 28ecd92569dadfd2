import { describe, expect, it } from 'vitest';

import { createWrittenText } from './written-text.ts';

describe('an answer that is being written', () => {
  it('is whole at any length, text and reasoning each for itself, behind what it goes on from', () => {
    const written = createWrittenText({ content: 'Begun', reasoning: 'So' });
    const words = Array.from({ length: 2_000 }, (_, index) => ` w${index}`);
    for (const text of words) {
      written.add({ type: 'text', text });
      if (text.endsWith('7')) written.add({ type: 'reasoning', text });
      written.add({ type: 'seam', from: 'a', to: 'b', reason: 'x' });
    }
    const reasoning = `So${words.filter((word) => word.endsWith('7')).join('')}`;
    expect(written.whole()).toEqual({ content: `Begun${words.join('')}`, reasoning });
    expect(written.length).toBe(`Begun${words.join('')}${reasoning}`.length);
  });
});
