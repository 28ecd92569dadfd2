import type { ContextUsage } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { contextWords } from './context-words.ts';

const USAGE: ContextUsage = {
  model: 'mistral:latest',
  tokens: 1391,
  basis: 'exact',
  window: 8192,
  window_basis: 'as it is loaded',
  messages: 4,
  policy: 'drop_oldest',
  policy_origin: 'server',
  fits: true,
};

describe('the gauge', () => {
  it('says how much of the window is taken', () => {
    expect(contextWords(USAGE)).toMatchObject({ words: '1,391 of 8,192 tokens', isOver: false });
  });

  it('says "about" before what nobody counted, and what it rests on', () => {
    const { words, title } = contextWords({ ...USAGE, basis: 'estimated' });
    expect(words).toBe('about 1,391 of 8,192 tokens');
    expect(title).toContain('Estimated from the length of the text');
  });

  it('names no window that nobody knows', () => {
    const { window: _, window_basis: _basis, ...unknown } = USAGE;
    expect(contextWords(unknown)).toMatchObject({ words: '1,391 tokens', share: undefined });
  });

  it('says before it happens what would be left out', () => {
    const over = { ...USAGE, tokens: 9000, fits: false, left_out: { messages: 14, tokens: 7300, first_id: 'a', last_id: 'b' } };
    expect(contextWords(over)).toMatchObject({ isOver: true, share: 1 });
    expect(contextWords(over).title).toContain('14 of the oldest messages, 7,300 tokens, would be left out.');
    expect(contextWords({ ...over, policy: 'stop' }).title).toContain('the message would not be sent');
  });
});
