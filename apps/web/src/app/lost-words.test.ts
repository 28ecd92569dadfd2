import { describe, expect, it } from 'vitest';

import { lostWords } from './lost-words.ts';

describe('lostWords', () => {
  it('say since when and when it is tried again, and nothing about a server that may be gone', () => {
    expect(lostWords({ lostAt: 0, retryAt: 7000 }, 4000)).toBe(
      'The server has not answered for 4 s. What is written here stays; trying again in 3 s.',
    );
    expect(lostWords({ lostAt: 0, retryAt: 4300 }, 4000)).toBe(
      'The server has not answered for 4 s. What is written here stays; trying again now.',
    );
  });
});
