import assert from 'node:assert/strict';

import { EngineError } from '@pilotlight/contract';
import type { EngineFailure } from '@pilotlight/contract';
import { createSeededRandomness } from '@pilotlight/test-kit';
import type { SeededRandomness } from '@pilotlight/test-kit';

import { setUpBench } from '../bench.ts';
import type { Bench } from '../bench.ts';
import type { AnswerScript, LoadScript, ScriptedEngine } from '../scripted-engine.ts';
import { askIn, checkAnswer, checkIdle, checkNow, chooseLimits, close, leave, untilStill } from './asked.ts';
import type { Asked } from './asked.ts';

const MOST_STEPS = 18;
/** So long after an accident a phase may still show the time before it. */
const SIGHT_MS = 5_000;
const LOAD_STALL_MS = 20_000;
const LONGEST_LOAD_MS = 6_000;
const FAILURES: readonly EngineFailure[] = ['unreachable', 'overloaded', 'died', 'cut', 'failed', 'protocol', 'too_long', 'out_of_memory'];

interface World {
  readonly bench: Bench;
  readonly chance: SeededRandomness;
  readonly asked: Asked[];
  /** When something last happened behind the gateway's back. */
  disturbedMs: number;
  /** No more accidents: everything must come right. */
  calm: boolean;
}

function scriptLoad({ chance, calm }: Pick<World, 'chance' | 'calm'>): LoadScript {
  const durationMs = chance.between(10, LONGEST_LOAD_MS);
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

async function setUpWorld(chance: SeededRandomness, maxAttempts: number): Promise<World> {
  const mood = { chance, calm: false };
  const scripts = { load: () => scriptLoad(mood), answer: () => scriptAnswer(mood), loadStallMs: LOAD_STALL_MS };
  const models = [{ name: 'mistral:latest' }, { name: 'phi3:mini' }, { name: 'copy:latest', weightsKey: 'mistral:latest' }];
  const bench = await setUpBench({
    seed: chance.seed,
    engines: [
      { ...scripts, id: 'ollama', models, slots: chance.between(1, 3) },
      { ...scripts, id: 'llama.cpp', observation: 'push', models: [{ name: 'pilot:latest' }], slots: chance.between(1, 3) },
    ],
    settings: { loadStallMs: LOAD_STALL_MS, keepAliveMs: 15_000, maxWaiting: 8, maxAttempts, warmAtStart: chance.chance(0.5) },
  });
  return Object.assign(mood, { bench, asked: [], disturbedMs: 0 });
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
  if (dice < 0.55) {
    const named = chance.pick(['', 'mistral', 'phi3:mini', 'copy', 'pilot', 'nothing']);
    const priority = chance.pick(['interactive', 'api', 'background'] as const);
    for (let count = chance.pick([1, 1, 2, 5]); count > 0; count -= 1) {
      askIn(bench, asked, { priority, model: named, limits: chooseLimits(chance) });
    }
  } else if (dice < 0.7) leave(bench, asked[chance.between(0, asked.length)]);
  else if (dice < 0.8) disturb(world);
  else if (dice < 0.85) bench.gateway.unload(model);
  else if (dice < 0.9) bench.gateway.load(model);
}

function check({ bench, asked, disturbedMs }: World): void {
  checkNow(bench, asked);
  // What is called ready streams without a load, but for what the gateway could not have seen yet.
  if (bench.clock.monotonic() - disturbedMs < SIGHT_MS) return;
  for (const { engine: id, name, phase } of bench.gateway.models().models) {
    const engine = bench.engines.find((candidate) => candidate.id === id);
    if (phase === 'ready' && engine) assert.ok(isInMemory(engine, name), `${name} is called ready`);
  }
}

function isInMemory(engine: ScriptedEngine, name: string): boolean {
  return engine.inMemory.has(name === 'copy:latest' ? 'mistral:latest' : name);
}

/** Two engines with four models, of which loads and answers fail or hang, which are killed, and which others use too; then calm, in which all comes right. */
export async function runAccidentWorld(seed: number): Promise<void> {
  const chance = createSeededRandomness(seed);
  const maxAttempts = chance.pick([1, 2, 6, 6]);
  const world = await setUpWorld(chance, maxAttempts);
  const { bench, asked } = world;
  for (let steps = chance.between(5, MOST_STEPS); steps > 0; steps -= 1) {
    act(world);
    await bench.clock.advance(chance.between(0, 2000));
    check(world);
  }
  world.calm = true;
  for (const engine of bench.engines) engine.start();
  world.disturbedMs = bench.clock.monotonic();
  await bench.clock.advanceUntil(Promise.all(asked.map(({ answer }) => answer.ended)));
  for (const one of asked) checkAnswer(one, maxAttempts);
  await bench.clock.advance(5_000);
  await untilStill(bench, 2 * LOAD_STALL_MS);
  checkIdle(bench);
  // Every model can answer again; a person insists, as some have run out of memory.
  const models = ['mistral', 'phi3:mini', 'pilot'];
  for (const model of models) bench.gateway.load(model);
  await bench.clock.advance(2 * LONGEST_LOAD_MS + 1_000);
  const ends = await bench.clock.advanceUntil(Promise.all(models.map((model) => bench.ask({ model }).ended)));
  assert.deepEqual(ends, [undefined, undefined, undefined]);
  check(world);
  await close(bench);
}
