import { describe, expect, it } from 'vitest';

import { createCounter } from './count-prompt.ts';
import { engineDoubt } from './engine-doubt.ts';
import { estimatePrompt, estimateTokens } from './estimate-tokens.ts';
import { outputReserve } from './output-reserve.ts';
import { createTokenScales } from './token-scales.ts';

const LONG = [{ role: 'user', content: 'word '.repeat(2000) }] as const;
const GUESS = estimatePrompt(LONG);

function counter(over: { window?: number | undefined; counted?: number; learned?: number; refused?: { promptTokens?: number } }) {
  const scales = createTokenScales();
  if (over.learned !== undefined) scales.learn('m', { guessed: 100, counted: 100 * over.learned });
  const refused = over.refused && { times: 1, ...over.refused };
  const window = 'window' in over ? over.window : 4096;
  const place = { model: 'm', window, refused, count: async () => over.counted };
  return createCounter({ place, scales, messages: LONG, maxTokens: undefined, refusedGuess: GUESS });
}

describe('counting', () => {
  it('is exact where the engine counts', async () => {
    const exact = await counter({ counted: 2002 });
    expect(exact).toMatchObject({ basis: 'exact', window: 4096, reserve: 1024, budget: 3072 });
    expect(exact.tokens(LONG)).toBe(2002);
  });

  it('is learned of the model where it does not, and guessed before that; the less sure, the more room is left', async () => {
    const learned = await counter({ learned: 0.7 });
    expect(learned).toMatchObject({ basis: 'learned', budget: Math.floor(3072 * 0.95) });
    expect(learned.tokens(LONG)).toBe(Math.ceil(GUESS * 0.7));
    expect(await counter({})).toMatchObject({ basis: 'estimated', scale: 1, budget: Math.floor(3072 * 0.9) });
    expect(await counter({ window: undefined })).toMatchObject({ budget: undefined, reserve: undefined });
  });

  it('takes the figures of an engine that refused the prompt, or shortens it', async () => {
    expect(await counter({ refused: { promptTokens: GUESS * 2 } })).toMatchObject({ basis: 'learned', scale: 2 });
    expect(await counter({ refused: {} })).toMatchObject({ basis: 'estimated', budget: Math.floor(3072 * 0.9 * 0.75) });
  });

  it('does not ask the engine about what fits in any case', async () => {
    const place = { model: 'm', window: 4096, refused: undefined, count: () => Promise.reject(new Error('asked')) };
    const options = { place, scales: createTokenScales(), maxTokens: undefined, refusedGuess: undefined };
    const short = [{ role: 'user', content: 'Hello' }] as const;
    expect(await createCounter({ ...options, messages: short })).toMatchObject({ basis: 'estimated' });
    await expect(createCounter({ ...options, messages: short, countsAll: true })).rejects.toThrow('asked');
  });
});

describe('guessing', () => {
  it('takes writings for what they are: letters share tokens, ideographs do not', () => {
    const ratio = (text: string): number => text.length / estimateTokens(text);
    expect(ratio('The quick brown fox')).toBeCloseTo(3.3, 1);
    expect(ratio('Быстрая лисица')).toBeLessThan(2.2);
    expect(ratio('素早い狐')).toBeLessThan(1);
    expect(ratio('🦊🦊')).toBeLessThan(1);
  });
});

describe('what is learned', () => {
  it('moves with what engines count, and not by what cannot be', () => {
    const scales = createTokenScales();
    scales.learn('m', { guessed: 1000, counted: 800 });
    scales.learn('m', { guessed: 1000, counted: 900 });
    expect(scales.of('m')).toBeCloseTo(0.83);
    scales.learn('m', { guessed: 1000, counted: 10 });
    scales.learn('m', { guessed: 10, counted: 30 });
    expect(scales.of('m')).toBeCloseTo(0.83);
    expect(scales.of('n')).toBeUndefined();
  });
});

describe('the room for an answer', () => {
  it('is what it may have, at most a quarter', () => {
    expect([outputReserve(8192, undefined), outputReserve(8192, 100), outputReserve(2048, undefined), outputReserve(2, 9)]).toEqual([
      1024, 100, 512, 1,
    ]);
  });
});

describe('an engine that leaves something out by itself', () => {
  const base = { sentTokens: 4000, basis: 'learned', window: 4096, promptTokens: 3900, completionTokens: 100 } as const;

  it('is seen by what it says it has read', () => {
    expect(engineDoubt(base)).toBeUndefined();
    expect(engineDoubt({ ...base, promptTokens: 2048 })).toBe(
      'The engine read 2,048 tokens where about 4,000 were sent: it left some of them out.',
    );
    expect(engineDoubt({ ...base, basis: 'estimated', promptTokens: 2048 })).toBeUndefined();
    expect(engineDoubt({ ...base, basis: 'exact', promptTokens: 3700 })).toMatch(/3,700 tokens where 4,000/);
    expect(engineDoubt({ ...base, promptTokens: undefined })).toBeUndefined();
    expect(engineDoubt({ ...base, sentTokens: 50, promptTokens: 10 })).toBeUndefined();
  });

  it('is seen by an answer that goes on beyond the window', () => {
    expect(engineDoubt({ ...base, completionTokens: 197 })).toMatch(/4,097 tokens together, more than the 4,096 of the window/);
    expect(engineDoubt({ ...base, window: undefined, completionTokens: 9999 })).toBeUndefined();
  });
});
