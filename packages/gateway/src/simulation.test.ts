import { EngineError } from '@pilotlight/contract';
import type { EngineFailure } from '@pilotlight/contract';
import { chooseSeed, createSeededRandomness } from '@pilotlight/test-kit';
import type { SeededRandomness } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { setUpBench } from './testing/bench.ts';
import type { Answer, Bench } from './testing/bench.ts';
import type { AnswerScript, LoadScript, ScriptedEngine } from './testing/scripted-engine.ts';

/** Real gateway code against engines, clients and accidents at random. Every failure names its seed; `PILOTLIGHT_SEED` replays it alone. */

const MOST_STEPS = 18;
/** So long after an accident a phase may still show the time before it. */
const SIGHT_MS = 5_000;
const FAILURES: readonly EngineFailure[] = ['unreachable', 'overloaded', 'died', 'cut', 'failed', 'protocol', 'too_long', 'out_of_memory'];

interface World {
  readonly bench: Bench;
  readonly chance: SeededRandomness;
  readonly asked: { readonly answer: Answer; readonly client: AbortController }[];
  /** When something last happened behind the gateway's back. */
  disturbedMs: number;
  /** No more accidents: everything must come right. */
  calm: boolean;
}

function scriptLoad({ chance, calm }: Pick<World, 'chance' | 'calm'>): LoadScript {
  const durationMs = chance.between(10, 6000);
  if (calm || chance.chance(0.75)) return { durationMs, steps: chance.between(1, 5) };
  if (chance.chance(0.2)) return { durationMs: Infinity };
  return { durationMs, error: new EngineError(chance.pick(FAILURES), 'the load failed') };
}

function scriptAnswer({ chance, calm }: Pick<World, 'chance' | 'calm'>): AnswerScript {
  const tokens = chance.between(0, 12);
  const script = { firstMs: chance.between(1, 4000), gapMs: chance.between(1, 400), tokens };
  if (calm || chance.chance(0.7)) return script;
  const after = chance.between(0, tokens);
  if (chance.chance(0.2)) return { ...script, silentAfter: after };
  return { ...script, error: { after, error: new EngineError(chance.pick(FAILURES), 'the answer failed') } };
}

async function setUpWorld(seed: number): Promise<World> {
  const chance = createSeededRandomness(seed);
  const mood = { chance, calm: false };
  const scripts = { load: () => scriptLoad(mood), answer: () => scriptAnswer(mood) };
  const models = [{ name: 'mistral:latest' }, { name: 'phi3:mini' }, { name: 'copy:latest', weightsKey: 'mistral:latest' }];
  const bench = await setUpBench({
    seed,
    engines: [
      { ...scripts, id: 'ollama', models, slots: chance.between(1, 3) },
      { ...scripts, id: 'llama.cpp', observation: 'push', models: [{ name: 'pilot:latest' }], slots: chance.between(1, 3) },
    ],
    settings: { loadStallMs: 20_000, keepAliveMs: 15_000, maxWaiting: 8, warmAtStart: chance.chance(0.5) },
  });
  return Object.assign(mood, { bench, asked: [], disturbedMs: 0 });
}

function ask({ bench, chance, asked }: World): void {
  const client = new AbortController();
  const model = chance.pick(['', 'mistral', 'phi3:mini', 'copy', 'pilot', 'nothing']);
  const answer = bench.ask({ priority: chance.pick(['interactive', 'api', 'background']), ...(model !== '' && { model }) }, client.signal);
  asked.push({ answer, client });
}

function disturb(world: World): void {
  const { bench, chance } = world;
  const engine = chance.pick(bench.engines);
  const model = chance.pick(['mistral:latest', 'phi3:mini', 'pilot:latest']);
  world.disturbedMs = bench.clock.monotonic();
  chance.pick([
    () => engine.kill(),
    () => engine.start(),
    () => engine.start(),
    () => engine.killRunner(model),
    () => engine.observation === 'poll' && engine.loadByOthers(model),
    () => engine.observation === 'poll' && engine.unloadByOthers(model),
  ])();
}

function act(world: World): void {
  const { bench, chance, asked } = world;
  const dice = chance.next();
  const model = chance.pick(['mistral', 'phi3:mini', 'pilot']);
  if (dice < 0.55) ask(world);
  else if (dice < 0.7) asked[chance.between(0, asked.length)]?.client.abort(new Error('left'));
  else if (dice < 0.8) disturb(world);
  else if (dice < 0.85) bench.gateway.unload(model);
  else if (dice < 0.9) bench.gateway.load(model);
}

function check({ bench, disturbedMs }: World): void {
  for (const engine of bench.engines) {
    expect(engine.violations).toEqual([]);
    // What is called ready streams without a load, but for what the gateway could not have seen yet.
    if (bench.clock.monotonic() - disturbedMs < SIGHT_MS) continue;
    for (const view of bench.gateway.models().models) {
      if (view.engine === engine.id && view.phase === 'ready')
        expect(isInMemory(engine, view.name), `${view.name} is called ready`).toBe(true);
    }
  }
}

function isInMemory(engine: ScriptedEngine, name: string): boolean {
  return engine.inMemory.has(name === 'copy:latest' ? 'mistral:latest' : name);
}

function checkAnswer(answer: Answer, end: unknown): void {
  const text = answer.text();
  const tokens = text === '' ? 0 : text.trim().split(' ').length;
  expect(text).toBe(Array.from({ length: tokens }, (_, index) => `t${index} `).join(''));
  const finishes = answer.parts.filter(({ type }) => type === 'finish');
  expect(finishes).toHaveLength(end === undefined ? 1 : 0);
  if (end === undefined) {
    const last = answer.parts.at(-1);
    expect(last?.type).toBe('finish');
    if (last?.type !== 'finish') return;
    const { attempts } = last.receipt;
    expect(attempts.length).toBeLessThanOrEqual(6);
    expect(attempts.map(({ outcome }) => outcome)).toEqual([...attempts.slice(1).map(() => 'failed'), 'finished']);
  } else {
    if (!(end instanceof Error)) throw new Error('what was thrown is no error');
    expect(end.name === 'Problem' || end.message === 'left', end.message).toBe(true);
    expect(end.message).not.toContain('internal_error');
  }
}

async function run(seed: number): Promise<void> {
  const world = await setUpWorld(seed);
  const { bench, chance, asked } = world;
  for (let steps = chance.between(5, MOST_STEPS); steps > 0; steps -= 1) {
    act(world);
    await bench.clock.advance(chance.between(0, 2000));
    check(world);
  }
  world.calm = true;
  for (const engine of bench.engines) engine.start();
  world.disturbedMs = bench.clock.monotonic();
  const ends = await bench.clock.advanceUntil(Promise.all(asked.map(({ answer }) => answer.ended)));
  for (const [index, { answer }] of asked.entries()) checkAnswer(answer, ends[index]);
  // Everything that was granted is given back, and every model can answer again.
  await bench.clock.advance(10_000);
  for (const view of bench.gateway.models().models) expect(view, view.name).toMatchObject({ active: 0, queued: 0 });
  for (const engine of bench.engines) expect(engine.openStreams).toBe(0);
  for (const model of ['mistral', 'phi3:mini', 'pilot']) {
    // A person insists, as some have run out of memory.
    bench.gateway.load(model);
    await bench.clock.advance(8_000);
    expect(await bench.clock.advanceUntil(bench.ask({ model }).ended), model).toBeUndefined();
  }
  check(world);
  await bench.gateway[Symbol.asyncDispose]();
  await bench.clock.settle();
  expect(bench.clock.pending).toBe(0);
}

describe('a gateway in a world of accidents', () => {
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
