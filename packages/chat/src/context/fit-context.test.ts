import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fitContext } from './fit-context.ts';

const turns = (...tokens: number[]) => tokens.map((count) => ({ tokens: count }));

describe('what of a conversation is sent', () => {
  it('is all of it while it fits, or while nobody knows of a limit', () => {
    expect(fitContext({ turns: turns(40, 50), fixedTokens: 10, budget: 100 })).toEqual({ outcome: 'whole', tokens: 100 });
    expect(fitContext({ turns: turns(4000, 5000), fixedTokens: 10, budget: undefined })).toMatchObject({ outcome: 'whole' });
  });

  it('lacks the oldest turns, but the first one stays if it is small', () => {
    expect(fitContext({ turns: turns(10, 30, 30, 30, 30), fixedTokens: 0, budget: 100 })).toEqual({
      outcome: 'cut',
      tokens: 70,
      from: 1,
      until: 3,
      leftOutTokens: 60,
    });
    expect(fitContext({ turns: turns(40, 30, 30, 30), fixedTokens: 0, budget: 100 })).toMatchObject({ from: 0, until: 2 });
  });

  it('is cut in steps, so that the beginning of the prompt stays for several answers', () => {
    const cuts = [11, 12, 13, 14, 15].map((count) => {
      const fit = fitContext({ turns: turns(...Array.from({ length: count }, () => 10)), fixedTokens: 0, budget: 100 });
      return fit.outcome === 'cut' ? fit.until : 0;
    });
    expect(cuts).toEqual([4, 4, 6, 6, 6]);
  });

  it('always has the last question; if that alone does not fit, nothing is sent', () => {
    expect(fitContext({ turns: turns(90, 90), fixedTokens: 5, budget: 100 })).toMatchObject({
      outcome: 'cut',
      tokens: 95,
      from: 0,
      until: 1,
    });
    expect(fitContext({ turns: turns(10, 96), fixedTokens: 5, budget: 100 })).toEqual({
      outcome: 'too_long',
      tokens: 111,
      leastTokens: 101,
    });
  });

  it('never goes beyond its budget, never loses the last turn, and leaves out one run of turns', () => {
    const numbers = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 3000 }), (tokens, fixedTokens, budget) => {
        const fit = fitContext({ turns: turns(...tokens), fixedTokens, budget });
        const sum = (list: number[]): number => list.reduce((total, one) => total + one, 0);
        if (fit.outcome === 'whole') return fit.tokens <= budget && fit.tokens === fixedTokens + sum(tokens);
        if (fit.outcome === 'too_long') return fixedTokens + (tokens.at(-1) ?? 0) > budget;
        const kept = [...tokens.slice(0, fit.from), ...tokens.slice(fit.until)];
        return (
          fit.from < fit.until &&
          fit.until < tokens.length &&
          fit.tokens <= budget &&
          fit.tokens === fixedTokens + sum(kept) &&
          fit.from <= 1
        );
      }),
    );
  });
});
