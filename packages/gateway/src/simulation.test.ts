import { chooseSeed, createSeededRandomness } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { setUpBench } from './testing/bench.ts';
import { runWorld } from './testing/worlds/run-world.ts';

/** The same worlds as `npm run simulate`, fewer of them. Every failure names its seed; `PILOTLIGHT_SEED` replays it alone. */
describe('a gateway in worlds of accidents, rescues and little memory', () => {
  const count = process.env['PILOTLIGHT_SEED'] === undefined ? 80 : 1;
  const first = chooseSeed();

  it(`keeps its promises for ${count} seeds`, { timeout: 300_000 }, async () => {
    for (let index = 0; index < count; index += 1) await runWorld((first + index) % 2 ** 32);
  });
});

/** The traffic of the measured baseline (six clients, three models, memory for one), where a server alone needs 0.7 loads for each answer. */
describe('six clients with three models and memory for one', () => {
  it('needs few loads, fails nobody, and lets nobody wait beyond the maximum', async () => {
    const chance = createSeededRandomness(7);
    const models = ['a', 'b', 'c'].map((name) => ({ name: `${name}:latest`, sizeBytes: 4000 }));
    await using bench = await setUpBench({
      machineBytes: 6000,
      engines: [
        { models, memoryOf: () => 4800, load: () => ({ durationMs: 3500 }), answer: () => ({ firstMs: 20, gapMs: 17, tokens: 20 }) },
      ],
      settings: { defaultModel: 'a' },
    });
    const ends: unknown[] = [];
    const waits: number[] = [];
    async function client(): Promise<void> {
      while (bench.clock.monotonic() < 300_000) {
        const startMs = bench.clock.monotonic();
        const answer = bench.ask({ model: chance.pick(['a', 'b', 'c']) });
        ends.push(await answer.ended);
        waits.push(bench.clock.monotonic() - startMs);
        const { promise, resolve } = Promise.withResolvers<void>();
        bench.clock.after(chance.between(1, 500), resolve);
        await promise;
      }
    }
    await bench.clock.advanceUntil(Promise.all(Array.from({ length: 6 }, client)));
    expect(new Set(ends)).toEqual(new Set([undefined]));
    // Six clients that choose among three models at random keep no more than four waiting for the next one, each good for one and a half answers.
    expect(bench.engine.loads.length / ends.length).toBeLessThanOrEqual(0.175);
    expect(Math.max(...waits)).toBeLessThan(30_000);
  });
});
