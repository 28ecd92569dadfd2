import assert from 'node:assert/strict';

import { EngineError } from '@pilotlight/contract';
import type { EngineFailure, StreamRequest } from '@pilotlight/contract';
import { createSeededRandomness } from '@pilotlight/test-kit';
import type { SeededRandomness } from '@pilotlight/test-kit';

import { setUpBench } from '../bench.ts';
import type { Bench } from '../bench.ts';
import type { AnswerScript, ScriptedEngineOptions } from '../scripted-engine.ts';
import { askIn, checkAnswer, checkIdle, checkNow, chooseLimits, close, leave } from './asked.ts';
import type { Asked } from './asked.ts';

const MOST_STEPS = 24;
const FAILURES: readonly EngineFailure[] = ['cut', 'died', 'failed', 'protocol', 'unreachable', 'overloaded'];
const NAMES = ['a', 'b', 'c'] as const;
const MAX_ATTEMPTS = 6;
/** Of four worlds one is watched until whatever was held comes back. */
const LONG_SHARE = 0.25;

interface Mood {
  /** Of every answer, so many break off. */
  failing: number;
  isStuck: boolean;
}

interface World {
  readonly bench: Bench;
  readonly chance: SeededRandomness;
  readonly moods: readonly Mood[];
  readonly asked: Asked[];
  foreignLoads: number;
}

/** How many tokens an answer has is in its question, so that every engine writes the same one. */
function tokensOf({ messages, options }: StreamRequest): number {
  return options.max_tokens === 24 ? 20 : Number(/\d+/.exec(messages.findLast(({ role }) => role === 'user')?.content ?? '')?.[0] ?? 0);
}

function scriptFor(chance: SeededRandomness, mood: Mood): NonNullable<ScriptedEngineOptions['answer']> {
  return (request): AnswerScript => {
    const tokens = tokensOf(request);
    const script = { firstMs: chance.between(1, 3000), gapMs: chance.between(1, 300), tokens };
    if (!chance.chance(mood.failing)) return script;
    return { ...script, error: { after: chance.between(0, tokens), error: new EngineError(chance.pick(FAILURES), 'it broke') } };
  };
}

function createEngine(chance: SeededRandomness, id: string, mood: Mood): Omit<ScriptedEngineOptions, 'clock'> {
  const goesOn = chance.chance(0.8);
  const continues = chance.pick(['always', 'probe', 'probe', 'never'] as const);
  return {
    id,
    models: [{ name: 'mistral:latest' }],
    slots: chance.between(1, 3),
    ...(continues !== 'never' && { continues }),
    // An engine that says "always" does go on.
    goesOn: () => continues === 'always' || goesOn,
    isStuck: () => mood.isStuck,
    load: () => {
      mood.isStuck = false;
      return { durationMs: chance.between(10, 5000) };
    },
    answer: scriptFor(chance, mood),
  };
}

async function setUpWorld(chance: SeededRandomness): Promise<World> {
  const moods: Mood[] = NAMES.map(() => ({ failing: 0, isStuck: false }));
  const engines = moods.map((mood, index) => createEngine(chance, NAMES[index] ?? '', mood));
  const bench = await setUpBench({ seed: chance.seed, engines, settings: { spillAfterMs: chance.between(0, 15_000), maxWaiting: 6 } });
  return { bench, chance, moods, asked: [], foreignLoads: 0 };
}

function act(world: World): void {
  const { bench, chance, asked, moods } = world;
  const dice = chance.next();
  const index = chance.between(0, NAMES.length - 1);
  const [engine, mood] = [bench.engines[index], moods[index]];
  if (!engine || !mood) return;
  if (dice < 0.55) {
    const priority = chance.pick(['interactive', 'api'] as const);
    askIn(bench, asked, { tokens: chance.between(1, 40), priority, model: 'mistral', limits: chooseLimits(chance) });
  } else if (dice < 0.62) leave(bench, asked[chance.between(0, asked.length)]);
  else if (dice < 0.72) mood.failing = chance.pick([0, 0.3, 1]);
  else if (dice < 0.78) engine.kill();
  else if (dice < 0.88) engine.start();
  else if (dice < 0.92) engine.killRunner('mistral:latest');
  else if (dice < 0.96) mood.isStuck = true;
  else if (engine.inMemory.size > 0) {
    world.foreignLoads += 1;
    engine.loadByOthers('mistral:latest', chance.pick([2048, 8192]));
  }
}

/** Whatever kept failing or gave nothing is found out and comes back, if it is asked; and whoever has answered is trusted again. */
async function watchComeBack({ bench }: World): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(bench.engines.map(() => bench.clock.advanceUntil(bench.ask({ model: 'mistral' }).ended)));
    await bench.clock.advance(100_000);
  }
  const last = bench.ask({ model: 'mistral' });
  assert.equal(await bench.clock.advanceUntil(last.ended), undefined);
  const end = last.parts.at(-1);
  const engine = end?.type === 'finish' ? end.receipt.engine : undefined;
  for (const { engine: id, breaker } of bench.gateway.models().models) {
    assert.notEqual(breaker?.state, 'half_open', `the breaker of ${id} waits for an answer that nobody writes`);
    if (id === engine) assert.equal(breaker?.state ?? 'closed', 'closed', `${id} has answered, and its breaker is open`);
  }
}

/** Three engines with one model, with deaths in the middle of answers, wedges, streaks of failures, other clients and clients that leave. */
export async function runRescueWorld(seed: number): Promise<void> {
  const chance = createSeededRandomness(seed);
  const world = await setUpWorld(chance);
  const { bench, asked, moods } = world;
  const isLong = chance.chance(LONG_SHARE);
  for (let steps = chance.between(8, MOST_STEPS); steps > 0; steps -= 1) {
    act(world);
    await bench.clock.advance(chance.between(0, 3000));
    checkNow(bench, asked);
  }
  for (const mood of moods) mood.failing = 0;
  for (const engine of bench.engines) engine.start();
  await bench.clock.advanceUntil(Promise.all(asked.map(({ answer }) => answer.ended)));
  for (const one of asked) checkAnswer(one, MAX_ATTEMPTS);
  await bench.clock.advance(25_000);
  // Asking for another context than another client loaded would be a fight; at most the request that was on its way before that was seen may do so.
  for (const engine of bench.engines) assert.ok(engine.reloads <= world.foreignLoads, `${engine.reloads} reloads`);
  if (isLong) await watchComeBack(world);
  // The one token after a load, from a model that gives none, has the longest deadline.
  for (let waitedMs = 0; waitedMs < 121_000 && bench.engines.some(({ openStreams }) => openStreams > 0); waitedMs += 5_000) {
    await bench.clock.advance(5_000);
  }
  checkIdle(bench);
  await close(bench);
}
