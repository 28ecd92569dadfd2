import { setTimeout } from 'node:timers/promises';

import { startFakeEngine } from '@pilotlight/test-kit';

import { askStream, directTarget, throughTarget } from './ask-stream.ts';
import type { AnswerTimes, Target } from './ask-stream.ts';
import { floodRow, merge, pacedRow, toTable } from './figures.ts';
import type { Sample } from './figures.ts';
import { startMeasuredServer } from './server-process.ts';
import type { MeasuredServer } from './server-process.ts';

// What the server adds between a client and an engine: the fake engine asked directly and through the server, alternating in one run.
const MODEL = 'fake:latest';
const PACED = { tokens: 64, perSecond: 50, prefillMs: 100 } as const;
const FLOOD_TOKENS = 128;
/** Streams at once, and for each kind the answers that each stream reads one after the other in a round, and the rounds. */
const LEVELS = [
  { streams: 1, paced: { answers: 4, rounds: 4 }, flood: { answers: 30, rounds: 4 } },
  { streams: 10, paced: { answers: 3, rounds: 2 }, flood: { answers: 10, rounds: 4 } },
  { streams: 100, paced: { answers: 3, rounds: 2 }, flood: { answers: 3, rounds: 2 } },
] as const;
const PACED_MS = PACED.prefillMs + (PACED.tokens * 1_000) / PACED.perSecond;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const wordsOf = (count: number): string => Array.from({ length: count }, (_, index) => `w${index % 97}`).join(' ');

interface Round {
  readonly streams: number;
  readonly answers: number;
  /** The streams begin spread over this time, as those of many people do; 0: all at the same instant. */
  readonly spreadMs: number;
}

async function round(target: Target, { streams, answers, spreadMs }: Round): Promise<Sample> {
  const startedMs = performance.now();
  const read = async (index: number): Promise<AnswerTimes[]> => {
    if (spreadMs > 0) await setTimeout((spreadMs * index) / streams);
    const times: AnswerTimes[] = [];
    for (let count = 0; count < answers; count += 1) times.push(await askStream(target));
    return times;
  };
  const all = await Promise.all(Array.from({ length: streams }, (_, index) => read(index)));
  return { answers: all.flat(), elapsedMs: performance.now() - startedMs };
}

interface Pair {
  readonly direct: Sample;
  readonly through: Sample;
  readonly cpuMs: number;
}

async function alternate(
  targets: readonly [Target, Target],
  server: MeasuredServer,
  plan: Round & { readonly rounds: number },
): Promise<Pair> {
  const samples: { direct: Sample[]; through: Sample[] } = { direct: [], through: [] };
  let cpuMs = 0;
  for (let index = 0; index < plan.rounds; index += 1) {
    for (const target of index % 2 === 0 ? targets : targets.toReversed()) {
      const beforeMs = server.cpuMs();
      samples[target.name].push(await round(target, plan));
      if (target.name === 'through') cpuMs += server.cpuMs() - beforeMs;
    }
  }
  return { direct: merge(samples.direct), through: merge(samples.through), cpuMs };
}

await using engine = await startFakeEngine({
  models: [{ name: MODEL, answer: wordsOf(PACED.tokens) }],
  parallel: 256,
  tokensPerSecond: PACED.perSecond,
  prefillMs: PACED.prefillMs,
});
const nodeOptions = process.argv.slice(2);
await using server = await startMeasuredServer({ OLLAMA_HOST: engine.url, OLLAMA_MODEL: MODEL, OLLAMA_NUM_PARALLEL: '256' }, nodeOptions);
const targets = [directTarget(engine.url, MODEL), throughTarget(server.url, MODEL)] as const;
for (const target of targets) await round(target, { streams: 2, answers: 5, spreadMs: 0 });
const idleMiB = server.rssMiB();

const paced: (readonly string[])[] = [['streams', 'direct p50 / p99 ms', 'through p50 / p99 ms', 'added p50 / p99 ms', 'throughput ratio']];
for (const { streams, paced: plan } of LEVELS) {
  const pair = await alternate(targets, server, { streams, ...plan, spreadMs: PACED_MS });
  paced.push(pacedRow(String(streams), pair.direct, pair.through));
}
const burst = await alternate(targets, server, { streams: 100, answers: 1, rounds: 2, spreadMs: 0 });
paced.push(pacedRow('100 at once', burst.direct, burst.through));
const peakMiB = server.rssMiB();
say(`\nPaced: ${PACED.tokens} tokens at ${PACED.perSecond} a second, the first after ${PACED.prefillMs} ms; time to the first token`);
say(toTable(paced));

await engine.control.set({ models: [{ name: MODEL, answer: wordsOf(FLOOD_TOKENS) }], tokensPerSecond: 0, prefillMs: 0 });
const flood: (readonly string[])[] = [['streams', 'direct tokens/s', 'through tokens/s', 'ratio', 'server CPU µs a token']];
for (const { streams, flood: plan } of LEVELS) {
  const pair = await alternate(targets, server, { streams, ...plan, spreadMs: 0 });
  flood.push(floodRow(streams, pair, { tokensPerAnswer: FLOOD_TOKENS, cpuMs: pair.cpuMs }));
}
say(`\nFlood: ${FLOOD_TOKENS} tokens an answer, as fast as they go; through the server each is in the durable log`);
say(toTable(flood));
const afterMiB = server.rssMiB();
say(`\nStart to first answer of the server: ${Math.round(server.startMs)} ms`);
say(
  `Resident memory: ${Math.round(idleMiB)} MiB after ten answers, ${Math.round(peakMiB)} after 100 streams, ${Math.round(afterMiB)} after the flood`,
);
