import { describe, expect, it } from 'vitest';

import { asksForKeys } from './asks-for-keys.ts';

const QUESTION_MARK = { key: '?', ctrlKey: false, metaKey: false, altKey: false };
const PAGE = { target: { closest: () => null }, hasDialog: false };

describe('asksForKeys', () => {
  it('takes a question mark outside a field, and leaves all other keys alone', () => {
    expect(asksForKeys(QUESTION_MARK, PAGE)).toBe(true);
    expect(asksForKeys({ ...QUESTION_MARK, key: '/' }, PAGE)).toBe(false);
    expect(asksForKeys({ ...QUESTION_MARK, ctrlKey: true }, PAGE)).toBe(false);
  });

  it('leaves it to a field, and to a dialog that is open', () => {
    const field = {} as Element;
    expect(asksForKeys(QUESTION_MARK, { ...PAGE, target: { closest: () => field } })).toBe(false);
    expect(asksForKeys(QUESTION_MARK, { ...PAGE, hasDialog: true })).toBe(false);
  });
});
