import { describe, expect, it } from 'vitest';

import { toTitle } from './title.ts';

describe('a title', () => {
  it.each([
    ['Hello', 'Hello'],
    ['  Two\n lines\t here ', 'Two lines here'],
    ['a\u0000b', 'a b'],
    ['x'.repeat(60), 'x'.repeat(60)],
    ['x'.repeat(61), `${'x'.repeat(59)}…`],
    [
      'Explain how a lifecycle table with events works, and why it is a good idea',
      'Explain how a lifecycle table with events works, and why it…',
    ],
    [`${'word '.repeat(11)}wordy end`, `${'word '.repeat(10)}word…`],
  ])('of %j', (text, title) => {
    expect(toTitle(text)).toBe(title);
    expect([...toTitle(text)].length).toBeLessThanOrEqual(60);
  });

  it('does not cut a character in two', () => {
    expect(toTitle('😀'.repeat(100))).toBe(`${'😀'.repeat(59)}…`);
  });
});
