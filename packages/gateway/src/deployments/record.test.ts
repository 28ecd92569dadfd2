import { describe, expect, it } from 'vitest';

import { createFigures } from '../estimates/learned-book.ts';
import { createRecord, toTokensPerSecond } from './record.ts';

describe('the pace of an answer', () => {
  it('is told of four tokens and more, and of fewer it is not: that is noise', () => {
    const paceOf = (completionTokens: number) =>
      toTokensPerSecond({ usage: { completionTokens }, timings: { completionMs: 50 * completionTokens }, writingMs: 0 });
    expect([1, 3, 4, 100].map(paceOf)).toEqual([undefined, undefined, 20, 20]);
  });

  it('is learned from those alone of which it is told', () => {
    const figures = createFigures();
    const record = createRecord({ figures: () => figures, onLearned: () => {} });
    const answer = { firstTokenMs: 100, durationMs: 200, timings: { completionMs: 50 } };
    record.addAnswer({ ...answer, usage: { completionTokens: 3 } });
    expect([record.answers, record.tokensPerSecond.median(), record.pace.gapMs]).toEqual([1, undefined, undefined]);
    record.addAnswer({ ...answer, usage: { completionTokens: 5 } });
    expect([record.answers, record.tokensPerSecond.median(), record.pace.gapMs]).toEqual([2, 100, 10]);
  });
});
