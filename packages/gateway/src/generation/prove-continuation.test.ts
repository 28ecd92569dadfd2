import { describe, expect, it } from 'vitest';

import { judge } from './prove-continuation.ts';

const whole = '1 2 3 4 5 6 7 8 9 10 11 12';
const beginning = '1 2 3 4 5 6';

describe('what a trial shows', () => {
  it.each([
    ['the rest, word for word', ' 7 8 9 10 11 12', 'yes'],
    ['the rest and more', ' 7 8 9 10 11 12 13 14', 'yes'],
    ['a part of the rest, as it was cut at a number of tokens', ' 7 8 9', 'yes'],
    ['the answer from its beginning', '1 2 3 4 5 6 7 8 9', 'no'],
    ['the rest without its blank: glued to what stands before', '7 8 9 10 11 12', 'no'],
    ['words about the beginning', 'You counted to six', 'no'],
    ['too little to tell', ' 7', 'unclear'],
    ['nothing', '', 'unclear'],
  ])('%s', (_what, goesOn, verdict) => {
    expect(judge({ whole, beginning, goesOn })).toBe(verdict);
  });

  it('is nothing where the rest is as the beginning', () => {
    expect(judge({ whole: 'ha ha ha ha ha', beginning: '', goesOn: 'ha ha' })).toBe('unclear');
  });
});
