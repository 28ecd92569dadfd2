import type { ContextReceipt } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { toContextWords } from './context-words.ts';

const WHOLE: ContextReceipt = { policy: 'drop_oldest', tokens: 3900, total_tokens: 11_200, basis: 'learned', messages: 20 };
const RANGE = { messages: 14, tokens: 7300, first_id: 'a', last_id: 'b' };

describe('what is said of a context', () => {
  it('is nothing where all was sent', () => {
    expect(toContextWords(undefined)).toEqual([]);
    expect(toContextWords(WHOLE)).toEqual([]);
  });

  it('names what was left out, or summarised, with the figures', () => {
    expect(toContextWords({ ...WHOLE, left_out: RANGE })).toEqual([
      'The model saw about 3,900 of about 11,200 tokens; 14 older messages were left out.',
    ]);
    expect(toContextWords({ ...WHOLE, basis: 'exact', summary: { ...RANGE, summary_tokens: 200, made: true } })).toEqual([
      'The model saw 3,900 of 11,200 tokens; a summary stood for the first 14 messages.',
    ]);
  });

  it('has the reasons, and the doubts', () => {
    const words = toContextWords({
      ...WHOLE,
      no_summary_reason: 'There is no summary.',
      images_left_out: 2,
      doubt: 'The engine read less.',
    });
    expect(words).toEqual(['There is no summary.', 'It cannot see: 2 images of earlier messages were left out.', 'The engine read less.']);
  });
});
