import assert from 'node:assert/strict';

import { EngineError, sleep } from '@pilotlight/contract';
import type { Priority } from '@pilotlight/contract';
import { createSeededRandomness } from '@pilotlight/test-kit';
import type { SeededRandomness } from '@pilotlight/test-kit';

import { codeOf, setUpBench } from '../bench.ts';
import type { Bench } from '../bench.ts';
import type { LoadScript } from '../scripted-engine.ts';
import { askIn, checkIdle, checkLimits, checkNow, chooseLimits, close, leave, untilStill } from './asked.ts';
import type { Asked } from './asked.ts';

const MOST_STEPS = 18;
/** Of every model, that is; each scenario looks at some. */
const LOOKED_AT = 2;
const MAX_WAIT_MS = 5_000;
/** So long after the last answer everything that was unloaded shows as free. */
const SIGHT_MS = 6_000;
const KEEP_ALIVE_MS = 15_000;
const LONGEST_LOAD_MS = 3_000;
const LONGEST_ANSWER_MS = 1_000;
/** An engine's word that a model is unloaded comes at most so much before its memory is free. */
const LONGEST_FREEING_MS = 1_500;
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
const LONGEST_WAIT_MS =
  MAX_WAIT_MS + NAMES.length * (LONGEST_LOAD_MS + LONGEST_RESIDENCY_MS + LONGEST_ANSWER_MS + LONGEST_FREEING_MS + 200);
/** The file is so much smaller than what it takes, at most: the estimate adds a fifth. */
const FILE_SHARE = 1.15;
const CODES = new Set([
  'model_load_failed',
  'model_out_of_memory',
  'model_too_large',
  'no_model',
  'queue_full',
  'queue_timeout',
  'total_timeout',
  'Error: left',
]);

interface World {
  readonly bench: Bench;
  readonly chance: SeededRandomness;
  readonly machineBytes: number;
  /** Unloaded models give their memory back a while after they are gone. */
  readonly freesLate: boolean;
  readonly limitBytes: number;
  readonly pinned: readonly string[];
  readonly asked: Asked[];
  /** What went wrong, in words. */
  readonly faults: string[];
  calm: boolean;
}

function scriptLoad({ chance, calm }: Pick<World, 'chance' | 'calm'>): LoadScript {
  const durationMs = chance.between(10, LONGEST_LOAD_MS);
  if (calm || chance.chance(0.85)) return { durationMs };
  return { durationMs, error: new EngineError(chance.pick(['failed', 'died', 'out_of_memory']), 'the load failed') };
}

async function setUpWorld(chance: SeededRandomness): Promise<World> {
  const mood = { chance, calm: false };
  const faults: string[] = [];
  const memoryOf = (model: string): number => SIZES[model] ?? 0;
  const machineBytes = chance.between(4_700, 9_000);
  const memoryBudgetBytes = chance.chance(0.5) ? chance.between(4_700, 9_000) : Number.POSITIVE_INFINITY;
  const limitBytes = Math.min(machineBytes, memoryBudgetBytes);
  const pinned = chance.chance(0.25) ? ['d:latest'] : [];
  const freesLate = chance.chance(0.3);
  const whole = {
    memoryOf,
    freeingMs: () => (freesLate ? chance.between(0, LONGEST_FREEING_MS) : 0),
    load: () => scriptLoad(mood),
    answer: () => ({ firstMs: chance.between(1, 500), gapMs: chance.between(1, 100), tokens: chance.between(1, 5) }),
    onLoading: (model: string) => {
      const fault = findOverrun({ bench: house.bench, machineBytes, limitBytes });
      if (fault !== undefined) faults.push(`${model} loads, and ${fault}`);
    },
  };
  const describeModels = (names: readonly string[]) => names.map((name) => ({ name, sizeBytes: memoryOf(name) / FILE_SHARE }));
  // A pinned model is loaded before the bench is there.
  const house: { bench?: Bench } = {};
  const bench = await setUpBench({
    seed: chance.seed,
    machineBytes,
    showsLoads: () => chance.chance(0.5),
    engines: [
      { ...whole, id: 'ollama', models: describeModels(NAMES.slice(0, 3)), slots: chance.between(1, 3) },
      { ...whole, id: 'llama.cpp', observation: 'push', models: describeModels(NAMES.slice(3)), slots: chance.between(1, 3) },
    ],
    settings: { defaultModel: 'a', keepAliveMs: KEEP_ALIVE_MS, maxWaiting: 20, maxSwapWaitMs: MAX_WAIT_MS, memoryBudgetBytes, pinned },
  });
  house.bench = bench;
  return Object.assign(mood, { bench, machineBytes, freesLate, limitBytes, pinned, asked: [], faults });
}

function usedBytes(bench: Bench | undefined): number {
  return (bench?.engines ?? []).reduce((sum, engine) => sum + engine.usedBytes, 0);
}

interface Bounds extends Pick<World, 'machineBytes' | 'limitBytes'> {
  readonly bench: Bench | undefined;
}

/** What the machine really holds: never more than it has, what is not free yet counted; never more models than the budget allows. */
function findOverrun({ bench, machineBytes, limitBytes }: Bounds): string | undefined {
  const used = usedBytes(bench);
  const models = used - (bench?.engines ?? []).reduce((sum, engine) => sum + engine.freeingBytes, 0);
  if (used > machineBytes) return `models take ${used} of the machine's ${machineBytes} bytes`;
  return models > limitBytes ? `models take ${models} of ${limitBytes} bytes` : undefined;
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
  const priority: Priority = chance.pick(['interactive', 'interactive', 'api', 'background']);
  askIn(bench, asked, { priority, model: chance.pick(NAMES), limits: chooseLimits(chance) });
}

function act(world: World): void {
  const { bench, chance, asked } = world;
  const dice = chance.next();
  if (dice < 0.7) for (let count = chance.between(1, 3); count > 0; count -= 1) ask(world);
  else if (dice < 0.85) leave(bench, asked[chance.between(0, asked.length)]);
  else if (dice < 0.9) bench.gateway.unload(chance.pick(NAMES));
  else if (dice < 0.95) bench.gateway.load(chance.pick(NAMES));
}

/** A refusal is right only if the model does not fit beside what is pinned. */
function checkEnd({ limitBytes, pinned }: World, model: string, end: unknown): void {
  if (end === undefined) return;
  assert.ok(CODES.has(codeOf(end)), codeOf(end));
  if (codeOf(end) !== 'model_too_large') return;
  const pinnedBytes = pinned.reduce((sum, name) => sum + (name === model ? 0 : (SIZES[name] ?? 0)), 0);
  assert.ok((SIZES[model] ?? 0) * 1.2 > limitBytes - pinnedBytes * 1.2, `${model} was refused`);
}

/** Clients that leave a model no idle moment, while the others come and go. */
async function keepBusy(world: World, model: string): Promise<void> {
  while (!world.calm) {
    const { answer } = askIn(world.bench, world.asked, { model, priority: 'interactive' });
    // A refusal comes at once; the next try a moment later.
    if ((await answer.ended) !== undefined) await sleep(world.bench.clock, 1000);
  }
}

function checkMemory(world: World): void {
  const { bench, asked } = world;
  checkNow(bench, asked);
  assert.equal(findOverrun(world), undefined);
  // Nobody else is here: whatever the gateway takes for ready is, and nothing goes while an answer is written in it.
  for (const { misses, cutShort } of bench.engines) assert.deepEqual({ misses, cutShort }, { misses: [], cutShort: [] });
}

/** Two engines with five models on a machine with memory for few of them; one of them may be in use all the time. */
export async function runMemoryWorld(seed: number): Promise<void> {
  const chance = createSeededRandomness(seed);
  const world = await setUpWorld(chance);
  const { bench, asked, limitBytes } = world;
  using _watch = watch(world);
  const hot = chance.chance(0.5) ? chance.pick(NAMES) : undefined;
  const busy = hot === undefined ? [] : [keepBusy(world, hot), keepBusy(world, hot)];
  for (let steps = chance.between(5, MOST_STEPS); steps > 0; steps -= 1) {
    act(world);
    await bench.clock.advance(chance.between(0, 1500));
    checkMemory(world);
  }
  // While the hot model has no idle moment, everybody else still comes to an end.
  const others = asked.filter(({ model }) => model !== hot).map(({ answer }) => answer.ended);
  await bench.clock.advanceUntil(Promise.all(others), NAMES.length * LONGEST_WAIT_MS);
  world.calm = true;
  await bench.clock.advanceUntil(Promise.all(busy));
  await bench.clock.advanceUntil(Promise.all(asked.map(({ answer }) => answer.ended)));
  for (const one of asked) {
    checkLimits(one);
    checkEnd(world, one.model, one.ended?.error);
  }
  await untilStill(bench, NAMES.length * LONGEST_WAIT_MS);
  // What is unloaded now, for nobody, shows when it is free and the machine is looked at again.
  await bench.clock.advance(world.freesLate ? KEEP_ALIVE_MS + LONGEST_FREEING_MS + SIGHT_MS : SIGHT_MS);
  checkIdle(bench);
  checkMemory(world);
  // Everything that was reserved is given back.
  const cold = bench.gateway.models().models.find(({ phase }) => phase === 'cold');
  if (cold) assert.equal(bench.gateway.plan(cold.name).free?.bytes, limitBytes - usedBytes(bench));
  // Every model that fits alone can answer again, whatever was in its way.
  for (let looks = 0; looks < LOOKED_AT; looks += 1) {
    const model = chance.pick(NAMES);
    bench.gateway.load(model);
    checkEnd(world, model, await bench.clock.advanceUntil(bench.ask({ model }).ended));
  }
  assert.deepEqual(world.faults, []);
  await close(bench);
}
