import { EngineError } from '@pilotlight/contract';
import type { GatewayPart } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { setUpBench } from './testing/bench.ts';
import type { Answer } from './testing/bench.ts';
import type { AnswerScript } from './testing/scripted-engine.ts';

const GOOD: AnswerScript = { firstMs: 100, gapMs: 50, tokens: 6 };
const models = [{ name: 'mistral:latest' }];

function receiptOf(answer: Answer): Extract<GatewayPart, { type: 'finish' }>['receipt'] | undefined {
  const last = answer.parts.at(-1);
  return last?.type === 'finish' ? last.receipt : undefined;
}

describe('a prompt that is too long', () => {
  const tooLong = (): AnswerScript => ({
    ...GOOD,
    error: { after: 0, error: new EngineError('too_long', 'the prompt has 9,000 tokens, the context 4,096') },
  });

  it('goes to the next model whose context is known to be longer, and to no other', async () => {
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models, answer: tooLong },
        { id: 'b', models: [{ name: 'small:latest' }] },
        { id: 'c', models: [{ name: 'wide:latest' }], answer: () => GOOD },
      ],
      settings: {
        routes: { chat: { models: ['mistral', 'small', 'wide'] } },
        profiles: { 'small:latest': { contextLength: 2048 }, 'wide:latest': { contextLength: 16_384 } },
      },
    });
    const answer = bench.ask();
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(receiptOf(answer)).toMatchObject({
      model: 'wide:latest',
      fallback_reason: 'mistral:latest: the prompt has 9,000 tokens, the context 4,096',
      attempts: [{ model: 'mistral:latest', code: 'context_too_long' }, { model: 'wide:latest' }],
    });
    expect(bench.engines[1]?.loads).toHaveLength(0);
  });

  it('is refused with the numbers where none is longer', async () => {
    await using bench = await setUpBench({
      engines: [
        { models, answer: tooLong },
        { id: 'b', models: [{ name: 'pilot:latest' }] },
      ],
    });
    expect(await bench.clock.advanceUntil(bench.ask().ended)).toMatchObject({
      code: 'context_too_long',
      detail: 'the prompt has 9,000 tokens, the context 4,096',
    });
  });
});

describe('a load', () => {
  it('may be silent for ten minutes where its limit allows it, and nobody who waits sees an error', async () => {
    const load = () => ({ durationMs: 600_000 });
    await using bench = await setUpBench({ engines: [{ models, load }], settings: { loadStallMs: 900_000 } });
    const answers = [bench.ask(), bench.ask(), bench.ask()];
    const ends = await bench.clock.advanceUntil(Promise.all(answers.map(({ ended }) => ended)));
    expect(ends).toEqual([undefined, undefined, undefined]);
    expect(bench.engine.loads).toHaveLength(1);
    expect(receiptOf(answers[0] ?? bench.ask())?.load_ms).toBeGreaterThan(599_000);
    // Something is said at least every 10 s, so that no proxy takes the wait for a dead line.
    const times = answers[0]?.times ?? [];
    expect(Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0)))).toBeLessThanOrEqual(10_000);
  });
});
