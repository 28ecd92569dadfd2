import { describe, expect, it } from 'vitest';

import { setUpBench } from './testing/bench.ts';
import type { Answer, Bench } from './testing/bench.ts';

const LOAD_MS = 10_000;
/** An answer of 4 s. */
const ANSWER = { firstMs: 1_000, gapMs: 1_000, tokens: 4 };

function setUp(slots = 1): Promise<Bench> {
  return setUpBench({ engines: [{ slots, load: () => ({ durationMs: LOAD_MS }), answer: () => ANSWER }], settings: { maxWaiting: 4 } });
}
/** Loads and answers once, so that there is something to estimate from, and unloads. */
async function learn(bench: Bench): Promise<void> {
  const { clock, gateway } = bench;
  await clock.advanceUntil(bench.ask().ended);
  gateway.unload('mistral');
  await clock.advance(5_000);
}
function loadingOf({ parts }: Answer): unknown[] {
  return parts.flatMap((part) => (part.type === 'phase' && part.phase === 'loading' ? [part.eta] : []));
}

describe('who waits for a load and then for a turn', () => {
  it('is told both together, with what they rest on', async () => {
    await using bench = await setUp();
    await learn(bench);
    const answers = [bench.ask(), bench.ask(), bench.ask()];
    await bench.clock.advance(2_000);
    expect(answers.map((answer) => loadingOf(answer)[0])).toEqual([
      { seconds: 10, basis: 'the last load' },
      { seconds: 14, basis: 'the last load, and as long as the last answer for one turn before it' },
      { seconds: 18, basis: 'the last load, and as long as the last answer for 2 turns before it' },
    ]);
    await bench.clock.advanceUntil(Promise.all(answers.map(({ ended }) => ended)));
  });

  it('shares the turns of as many slots as there were after its last load', async () => {
    await using bench = await setUp(2);
    await learn(bench);
    const answers = [bench.ask(), bench.ask(), bench.ask()];
    await bench.clock.advance(2_000);
    expect(answers.map((answer) => loadingOf(answer)[0])).toMatchObject([{ seconds: 10 }, { seconds: 10 }, { seconds: 14 }]);
    await bench.clock.advanceUntil(Promise.all(answers.map(({ ended }) => ended)));
  });

  it('is told so in a refusal as well', async () => {
    await using bench = await setUp();
    await learn(bench);
    const answers = [bench.ask(), bench.ask(), bench.ask(), bench.ask()];
    await bench.clock.advance(2_000);
    expect(await bench.ask().ended).toMatchObject({
      code: 'queue_full',
      retryAfterSeconds: 24,
      facts: { position: 5, estimate: { seconds: 24, basis: 'the last load, and as long as the last answer for 4 turns before it' } },
    });
    await bench.clock.advanceUntil(Promise.all(answers.map(({ ended }) => ended)));
  });
});
