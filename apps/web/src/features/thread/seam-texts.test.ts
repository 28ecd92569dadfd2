import { describe, expect, it } from 'vitest';

import { shownTexts } from './seam-texts.ts';

describe('shownTexts', () => {
  it.each([
    ['a word that was cut', ['Three settin', 'gs are enough'], ['Three ', 'settings are enough']],
    ['a bold word that was cut', ['It is **bo', 'ld** now'], ['It is ', '**bold** now']],
    ['words that stand whole', ['with other settings would', ' undo it'], ['with other settings would', ' undo it']],
    ['a sentence that had ended', ['It is done.', 'Next'], ['It is done.', 'Next']],
    ['nothing yet after the seam', ['Three settin', ''], ['Three settin', '']],
    ['a word that is all there was', ['Thr', 'ee'], ['Thr', 'ee']],
    ['a language without blanks', ['これは長い文', 'です'], ['これは長い文', 'です']],
    ['three parts', ['One tw', 'o thr', 'ee'], ['One ', 'two ', 'three']],
  ])('keeps %s in one piece', (_what, texts, shown) => {
    expect(shownTexts(texts)).toEqual(shown);
  });

  it('goes on with code as code, from the line that was cut', () => {
    expect(shownTexts(['Do this:\n\n```ts\nconst a = 1\nconst b', ' = 2\n```\nDone.'])).toEqual([
      'Do this:\n\n```ts\nconst a = 1\n',
      '```ts\nconst b = 2\n```\nDone.',
    ]);
    expect(shownTexts(['Do this:\n\n```t', 's\nconst a = 1\n```'])).toEqual(['Do this:\n\n', '```ts\nconst a = 1\n```']);
    expect(shownTexts(['```\na\n```\nThen', ' more'])).toEqual(['```\na\n```\nThen', ' more']);
    expect(shownTexts(['~~~~\n```\na', 'b'])).toEqual(['~~~~\n```\n', '~~~~\nab']);
  });
});
