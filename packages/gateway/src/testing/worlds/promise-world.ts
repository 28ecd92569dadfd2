import assert from 'node:assert/strict';

import { sleep } from '@pilotlight/contract';
import type { Priority } from '@pilotlight/contract';
import { createSeededRandomness } from '@pilotlight/test-kit';
import type { SeededRandomness } from '@pilotlight/test-kit';

import { setUpBench } from '../bench.ts';
import type { Bench } from '../bench.ts';
import { askIn, checkIdle, checkNow, close } from './asked.ts';
import type { Asked } from './asked.ts';

const NAMES = ['a', 'b', 'c'] as const;
const LONG_MS = 15_000;
const LONGEST_ANSWER_MS = 300;
/** An unload, a token after the load, and looks at the machine. */
const SWAP_MS = 150;

interface World {
  readonly bench: Bench;
  readonly chance: SeededRandomness;
  readonly asked: Asked[];
  readonly maxWaitMs: number;
}

async function setUpWorld(chance: SeededRandomness): Promise<World> {
  const loadMs = new Map(NAMES.map((name) => [`${name}:latest`, chance.between(100, 1_000)]));
  // The models take turns: so long until each has had one. Nobody's turn begins before half of the maximum wait, so they fit into the other half.
  const turnsMs = [...loadMs.values()].reduce((sum, ms) => sum + 2 * ms + SWAP_MS + LONGEST_ANSWER_MS, 0);
  const maxWaitMs = Math.round(turnsMs * (2 + chance.next()));
  const models = NAMES.map((name) => ({ name: `${name}:latest`, sizeBytes: 4000 }));
  const limit = chance.chance(0.5) ? { memoryBudgetBytes: 6_000 } : {};
  const bench = await setUpBench({
    seed: chance.seed,
    machineBytes: 'memoryBudgetBytes' in limit ? 20_000 : 6_000,
    engines: [
      {
        models,
        slots: chance.between(1, 2),
        memoryOf: () => 4_800,
        load: (model) => ({ durationMs: loadMs.get(model) ?? 0 }),
        answer: () => ({ firstMs: chance.between(1, 100), gapMs: chance.between(1, 40), tokens: chance.between(1, 5) }),
      },
    ],
    settings: { defaultModel: 'a', maxSwapWaitMs: maxWaitMs, ...limit },
  });
  return { bench, chance, asked: [], maxWaitMs };
}

/** Waits for its answer, pauses, asks again; some know one model alone, which they leave no idle moment. */
async function beClient({ bench, chance, asked }: World): Promise<void> {
  const own = chance.chance(0.3) ? chance.pick(NAMES) : undefined;
  const priority: Priority = chance.pick(['interactive', 'api']);
  const pauseMs = chance.pick([0, 100, 1_000]);
  while (bench.clock.monotonic() < LONG_MS) {
    const { answer } = askIn(bench, asked, { model: own ?? chance.pick(NAMES), priority });
    assert.equal(await answer.ended, undefined);
    await sleep(bench.clock, chance.between(1, 1 + pauseMs));
  }
}

/** Clients of three models with memory for one, whose loads take as long as they usually do: nobody waits beyond the maximum, the load counted. */
export async function runPromiseWorld(seed: number): Promise<void> {
  const chance = createSeededRandomness(seed);
  const clients = chance.between(2, 6);
  const world = await setUpWorld(chance);
  const { bench, asked, maxWaitMs } = world;
  // Once each, so that it is known how long it takes.
  for (const model of NAMES) assert.equal(await bench.clock.advanceUntil(bench.ask({ model }).ended), undefined);
  await bench.clock.advanceUntil(Promise.all(Array.from({ length: clients }, () => beClient(world))));
  checkNow(bench, asked);
  // Those who wait for the same model, and came before it, have their answers before it.
  const mostMs = maxWaitMs + clients * LONGEST_ANSWER_MS;
  for (const { answer, askedMs, model } of asked) {
    const first = answer.parts.findIndex(({ type }) => type === 'text');
    const waitedMs = (answer.times[first] ?? Number.POSITIVE_INFINITY) - askedMs;
    assert.ok(waitedMs <= mostMs, `a request for ${model} waited ${waitedMs} ms, of at most ${mostMs}`);
  }
  await bench.clock.advance(1_000);
  checkIdle(bench);
  await close(bench);
}
