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
/** Streams at once, and rounds of each kind: enough answers for a p99 at each level. */
const LEVELS = [
  { streams: 1, pacedRounds: 8, floodRounds: 60 },
  { streams: 10, pacedRounds: 4, floodRounds: 40 },
  { streams: 100, pacedRounds: 3, floodRounds: 6 },
] as const;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const wordsOf = (count: number): string => Array.from({ length: count }, (_, index) => `w${index % 97}`).join(' ');

async function round(target: Target, streams: number): Promise<Sample> {
  const startedMs = performance.now();
  const answers: AnswerTimes[] = await Promise.all(Array.from({ length: streams }, () => askStream(target)));
  return { answers, elapsedMs: performance.now() - startedMs };
}

interface Pair {
  readonly direct: Sample;
  readonly through: Sample;
  readonly cpuMs: number;
}

async function alternate(targets: readonly [Target, Target], server: MeasuredServer, plan: { streams: number; rounds: number }): Promise<Pair> {
  const samples: { direct: Sample[]; through: Sample[] } = { direct: [], through: [] };
  let cpuMs = 0;
  for (let index = 0; index < plan.rounds; index += 1) {
    for (const target of index % 2 === 0 ? targets : targets.toReversed()) {
      const beforeMs = server.cpuMs();
      samples[target.name].push(await round(target, plan.streams));
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
for (const target of targets) await round(target, 2);
const idleMiB = server.rssMiB();

const paced: (readonly string[])[] = [['streams', 'direct p50 / p99 ms', 'through p50 / p99 ms', 'added p50 / p99 ms', 'throughput ratio']];
for (const { streams, pacedRounds } of LEVELS) {
  const pair = await alternate(targets, server, { streams, rounds: pacedRounds });
  paced.push(pacedRow(streams, pair.direct, pair.through));
}
const peakMiB = server.rssMiB();
say(`\nPaced: ${PACED.tokens} tokens at ${PACED.perSecond} a second, the first after ${PACED.prefillMs} ms; time to the first token`);
say(toTable(paced));

await engine.control.set({ models: [{ name: MODEL, answer: wordsOf(FLOOD_TOKENS) }], tokensPerSecond: 0, prefillMs: 0 });
const flood: (readonly string[])[] = [['streams', 'direct tokens/s', 'through tokens/s', 'ratio', 'server CPU µs a token']];
for (const { streams, floodRounds } of LEVELS) {
  for (const target of targets) await round(target, streams);
  const pair = await alternate(targets, server, { streams, rounds: floodRounds });
  flood.push(floodRow(streams, pair, { tokensPerAnswer: FLOOD_TOKENS, cpuMs: pair.cpuMs }));
}
say(`\nFlood: ${FLOOD_TOKENS} tokens an answer, as fast as they go; through the server each is in the durable log`);
say(toTable(flood));
const afterMiB = server.rssMiB();
say(`\nStart to first answer of the server: ${Math.round(server.startMs)} ms`);
say(`Resident memory: ${Math.round(idleMiB)} MiB after two answers, ${Math.round(peakMiB)} after 100 streams, ${Math.round(afterMiB)} after the flood`);
