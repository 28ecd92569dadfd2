import { EngineError, sleep } from '@pilotlight/contract';
import type { Priority } from '@pilotlight/contract';
import { chooseSeed, createSeededRandomness } from '@pilotlight/test-kit';
import type { SeededRandomness } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { codeOf, setUpBench } from './testing/bench.ts';
import type { Answer, Bench } from './testing/bench.ts';
import type { AnswerScript, LoadScript } from './testing/scripted-engine.ts';

/** Real gateway code on a machine that has memory for few of its models. Every failure names its seed; `PILOTLIGHT_SEED` replays it alone. */

const MOST_STEPS = 18;
/** Of every model, that is; each scenario looks at some. */
const LOOKED_AT = 2;
const MAX_WAIT_MS = 5_000;
/** So long after the last answer everything that was unloaded shows as free. */
const SIGHT_MS = 6_000;
const LONGEST_LOAD_MS = 3_000;
const LONGEST_ANSWER_MS = 1_000;
const SIZES: Readonly<Record<string, number>> = {
  'a:latest': 4000,
  'b:latest': 4000,
  'c:latest': 3000,
  'd:latest': 1500,
  'e:latest': 2500,
};
const NAMES = Object.keys(SIZES);
/** A model that was just loaded stays as long as its load took, at most so long. */
const LONGEST_RESIDENCY_MS = LONGEST_LOAD_MS;
/** Its own maximum, and then at most a load for every other model that was overdue before it, each with its residency and the answers that it drains. */
const LONGEST_WAIT_MS = MAX_WAIT_MS + NAMES.length * (LONGEST_LOAD_MS + LONGEST_RESIDENCY_MS + LONGEST_ANSWER_MS + 200);
/** The file is so much smaller than what it takes, at most: the estimate adds a fifth. */
const FILE_SHARE = 1.15;
const CODES = new Set(['model_load_failed', 'model_out_of_memory', 'model_too_large', 'no_model', 'queue_full', 'Error: left']);

interface World {
  readonly bench: Bench;
  readonly chance: SeededRandomness;
  readonly limitBytes: number;
  readonly pinned: readonly string[];
  readonly asked: { readonly model: string; readonly answer: Answer; readonly client: AbortController }[];
  /** What went wrong, in words. */
  readonly faults: string[];
  calm: boolean;
}

function scriptLoad({ chance, calm }: Pick<World, 'chance' | 'calm'>): LoadScript {
  const durationMs = chance.between(10, LONGEST_LOAD_MS);
  if (calm || chance.chance(0.85)) return { durationMs };
  return { durationMs, error: new EngineError(chance.pick(['failed', 'died', 'out_of_memory']), 'the load failed') };
}

function scriptAnswer({ chance }: Pick<World, 'chance'>): AnswerScript {
  return { firstMs: chance.between(1, 500), gapMs: chance.between(1, 100), tokens: chance.between(1, 5) };
}

async function setUpWorld(seed: number): Promise<World> {
  const chance = createSeededRandomness(seed);
  const mood = { chance, calm: false };
  const faults: string[] = [];
  const memoryOf = (model: string): number => SIZES[model] ?? 0;
  const machineBytes = chance.between(4_700, 9_000);
  const memoryBudgetBytes = chance.chance(0.5) ? chance.between(4_700, 9_000) : Number.POSITIVE_INFINITY;
  const limitBytes = Math.min(machineBytes, memoryBudgetBytes);
  const pinned = chance.chance(0.25) ? ['d:latest'] : [];
  const whole = {
    memoryOf,
    load: () => scriptLoad(mood),
    answer: () => scriptAnswer(mood),
    onLoading: (model: string) => {
      const used = usedBytes();
      if (used > limitBytes) faults.push(`${model} loads into ${used} of ${limitBytes} bytes`);
    },
  };
  const describeModels = (names: readonly string[]) => names.map((name) => ({ name, sizeBytes: memoryOf(name) / FILE_SHARE }));
  // A pinned model is loaded before the bench is there.
  const house: { bench?: Bench } = {};
  const usedBytes = (): number => (house.bench?.engines ?? []).reduce((sum, engine) => sum + engine.usedBytes, 0);
  const bench = await setUpBench({
    seed,
    machineBytes,
    showsLoads: () => chance.chance(0.5),
    engines: [
      { ...whole, id: 'ollama', models: describeModels(NAMES.slice(0, 3)), slots: chance.between(1, 3) },
      { ...whole, id: 'llama.cpp', observation: 'push', models: describeModels(NAMES.slice(3)), slots: chance.between(1, 3) },
    ],
    settings: { defaultModel: 'a', keepAliveMs: 15_000, maxWaiting: 20, maxSwapWaitMs: MAX_WAIT_MS, memoryBudgetBytes, pinned },
  });
  house.bench = bench;
  return Object.assign(mood, { bench, limitBytes, pinned, asked: [], faults });
}

/** Follows every load from the wish to its admission, and every reason that is given. */
function watch({ bench, faults, pinned }: World): Disposable {
  const queuedAt = new Map<string, number>();
  return bench.gateway.subscribe((event) => {
    if (event.type !== 'model') return;
    const { name, phase, reason } = event.model;
    const since = queuedAt.get(name);
    const nowMs = bench.clock.monotonic();
    if (phase === 'queued') queuedAt.set(name, since ?? nowMs);
    else queuedAt.delete(name);
    if (since !== undefined && nowMs - since > LONGEST_WAIT_MS) faults.push(`${name} waited ${nowMs - since} ms to be let in`);
    if (/background/.test(reason) && phase !== 'busy') faults.push(`${name} is ${phase} for background work`);
    if (/to make room/.test(reason) && pinned.includes(name)) faults.push(`${name} is pinned and goes`);
  });
}

function ask({ bench, chance, asked }: World): void {
  const client = new AbortController();
  const model = chance.pick(NAMES);
  const priority: Priority = chance.pick(['interactive', 'interactive', 'api', 'background']);
  asked.push({ model, client, answer: bench.ask({ priority, model, label: `${priority} work` }, client.signal) });
}

function act(world: World): void {
  const { bench, chance, asked } = world;
  const dice = chance.next();
  if (dice < 0.7) for (let count = chance.between(1, 3); count > 0; count -= 1) ask(world);
  else if (dice < 0.85) asked[chance.between(0, asked.length)]?.client.abort(new Error('left'));
  else if (dice < 0.9) bench.gateway.unload(chance.pick(NAMES));
  else if (dice < 0.95) bench.gateway.load(chance.pick(NAMES));
}

/** A refusal is right only if the model does not fit beside what is pinned. */
function checkEnd({ limitBytes, pinned }: World, model: string, end: unknown): void {
  if (end === undefined) return;
  expect(CODES, codeOf(end)).toContain(codeOf(end));
  if (codeOf(end) !== 'model_too_large') return;
  const pinnedBytes = pinned.reduce((sum, name) => sum + (name === model ? 0 : (SIZES[name] ?? 0)), 0);
  expect((SIZES[model] ?? 0) * 1.2, `${model} was refused`).toBeGreaterThan(limitBytes - pinnedBytes * 1.2);
}

/** Clients that leave a model no idle moment, while the others come and go. */
async function keepBusy(world: World, model: string): Promise<void> {
  while (!world.calm) {
    const client = new AbortController();
    const answer = world.bench.ask({ model, label: 'hot work' }, client.signal);
    world.asked.push({ model, client, answer });
    // A refusal comes at once; the next try a moment later.
    if ((await answer.ended) !== undefined) await sleep(world.bench.clock, 1000);
  }
}

async function run(seed: number): Promise<void> {
  const world = await setUpWorld(seed);
  const { bench, chance, asked, limitBytes } = world;
  using _watch = watch(world);
  const hot = chance.chance(0.5) ? chance.pick(NAMES) : undefined;
  const busy = hot === undefined ? [] : [keepBusy(world, hot), keepBusy(world, hot)];
  for (let steps = chance.between(5, MOST_STEPS); steps > 0; steps -= 1) {
    act(world);
    await bench.clock.advance(chance.between(0, 1500));
  }
  // While the hot model has no idle moment, everybody else still comes to an end.
  const others = asked.filter(({ model }) => model !== hot).map(({ answer }) => answer.ended);
  await bench.clock.advanceUntil(Promise.all(others), NAMES.length * LONGEST_WAIT_MS);
  world.calm = true;
  await bench.clock.advanceUntil(Promise.all(busy));
  const ends = await bench.clock.advanceUntil(Promise.all(asked.map(({ answer }) => answer.ended)));
  for (const [index, { model }] of asked.entries()) checkEnd(world, model, ends[index]);
  await bench.clock.advance(SIGHT_MS);
  // Everything that was granted or reserved is given back.
  for (const view of bench.gateway.models().models) expect(view, view.name).toMatchObject({ active: 0, queued: 0 });
  for (const engine of bench.engines) expect([engine.openStreams, engine.violations]).toEqual([0, []]);
  const used = bench.engines.reduce((sum, { usedBytes }) => sum + usedBytes, 0);
  const cold = bench.gateway.models().models.find(({ phase }) => phase === 'cold');
  if (cold) expect(bench.gateway.plan(cold.name).free?.bytes).toBe(limitBytes - used);
  // Every model that fits alone can answer again, whatever was in its way.
  for (let looks = 0; looks < LOOKED_AT; looks += 1) {
    const model = chance.pick(NAMES);
    bench.gateway.load(model);
    checkEnd(world, model, await bench.clock.advanceUntil(bench.ask({ model }).ended));
  }
  expect(world.faults).toEqual([]);
  await bench.gateway[Symbol.asyncDispose]();
  await bench.clock.settle();
  expect(bench.clock.pending).toBe(0);
}

describe('a gateway with memory for few', () => {
  const isReplay = process.env['PILOTLIGHT_SEED'] !== undefined;
  const count = isReplay ? 1 : Number(process.env['PILOTLIGHT_SEEDS'] ?? 40);
  const first = chooseSeed();

  it(`keeps its promises for ${count} seeds`, { timeout: 600_000 }, async () => {
    for (let index = 0; index < count; index += 1) {
      const seed = (first + index) % 2 ** 32;
      try {
        await run(seed);
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        throw new Error(`${words}\nReplay it with PILOTLIGHT_SEED=${seed}`, { cause: error });
      }
    }
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
    expect(Math.max(...waits)).toBeLessThan(30_000 + 3 * 3_600);
  });
});
