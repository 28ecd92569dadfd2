import type { ContextReceipt } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { leftOutSentence, leftOutWords } from './context-facts.ts';

const CONTEXT: ContextReceipt = { policy: 'drop_oldest', tokens: 3900, total_tokens: 11_200, basis: 'exact', window: 8192, messages: 22 };
const RUN = { messages: 14, tokens: 7300, first_id: 'a', last_id: 'b' };

describe('what of a chat the model was given', () => {
  it('needs no word where it was all of it', () => {
    expect(leftOutWords(CONTEXT)).toBeUndefined();
  });

  it('is said with both figures and what became of the rest', () => {
    const cut = { ...CONTEXT, left_out: RUN };
    expect(leftOutWords(cut)).toBe('The model saw 3,900 of 11,200 tokens');
    expect(leftOutSentence(cut)).toBe('14 older messages did not fit into the window of 8,192 and were left out.');
  });

  it('says a summary, and why there is none', () => {
    expect(leftOutWords({ ...CONTEXT, summary: { ...RUN, summary_tokens: 210, made: true } })).toContain('3,900 of 11,200');
    expect(leftOutSentence({ ...CONTEXT, summary: { ...RUN, summary_tokens: 210, made: true } })).toContain(
      'a summary of 210 tokens stood in their place',
    );
    expect(leftOutSentence({ ...CONTEXT, left_out: { ...RUN, messages: 1 }, no_summary_reason: 'The summary came out empty.' })).toBe(
      '1 older message did not fit into the window of 8,192 and was left out. The summary came out empty.',
    );
  });
});
