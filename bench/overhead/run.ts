import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { startFakeEngine, whyNoPostgres } from '@pilotlight/test-kit';

import { directTarget, throughTarget } from './ask-stream.ts';
import { startEverythingOn } from './everything-on.ts';
import { floodCells, pacedCells, toTable } from './figures.ts';
import type { Measured } from './figures.ts';
import { followPage } from './follow-page.ts';
import { alternate, round } from './measure.ts';
import type { Way } from './measure.ts';
import { startServerWith } from './server-process.ts';

// What the server adds between a client and an engine: the fake engine asked directly, through the server as it is, and through one with everything switched
// on, in turns in one run.
// npm run bench:overhead -- [--postgres] [--rounds 1] [--node-option OPTION …]

const { values } = parseArgs({
  options: {
    postgres: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '1' },
    'node-option': { type: 'string', multiple: true, default: [] },
  },
});
const whyNot = values.postgres ? whyNoPostgres() : undefined;
if (whyNot !== undefined) throw new Error(whyNot);

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
/** How long after the flood memory is looked at again. */
const REST_MS = 15_000;
const times = Number(values.rounds);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const wordsOf = (count: number): string => Array.from({ length: count }, (_, index) => `w${index % 97}`).join(' ');

await using engine = await startFakeEngine({
  models: [{ name: MODEL, answer: wordsOf(PACED.tokens) }],
  parallel: 256,
  tokensPerSecond: PACED.perSecond,
  prefillMs: PACED.prefillMs,
});
const plain = { OLLAMA_HOST: engine.url, OLLAMA_MODEL: MODEL, OLLAMA_NUM_PARALLEL: '256' };
await using plainServer = await startServerWith({ environment: plain }, values['node-option']);
await using everything = await startEverythingOn({ engineUrl: engine.url, model: MODEL, usesPostgres: values.postgres });
await using fullServer = await startServerWith(everything.setup, values['node-option']);
await using _page = await followPage(fullServer.url, everything.token);

const direct = directTarget(engine.url, MODEL);
const { task, token } = everything;
const ways: readonly Way[] = [
  { target: throughTarget(plainServer.url, { name: 'as it is', model: MODEL }), server: plainServer },
  { target: throughTarget(fullServer.url, { name: 'everything on', task, token }), server: fullServer },
];
for (const target of [direct, ...ways.map((way) => way.target)]) await round(target, { streams: 2, answers: 5, spreadMs: 0 });
const memory = ways.map(() => [] as number[]);
const noteMemory = (): void => ways.forEach(({ server }, index) => memory[index]?.push(Math.round(server.rssMiB())));
noteMemory();

function addRows(rows: (readonly string[])[], streams: string, cells: readonly (readonly string[])[]): void {
  for (const [index, { target }] of ways.entries()) rows.push([streams, target.name, ...(cells[index] ?? [])]);
}

const paced: (readonly string[])[] = [
  ['streams', 'server', 'direct p50 / p99 ms', 'through p50 / p99 ms', 'added p50 / p99 ms', 'throughput ratio'],
];
const addPaced = (streams: string, measured: readonly Measured[]): void => addRows(paced, streams, measured.map(pacedCells));
for (const { streams, paced: plan } of LEVELS) {
  addPaced(String(streams), await alternate(direct, ways, { ...plan, streams, rounds: plan.rounds * times, spreadMs: PACED_MS }));
}
addPaced('100 at once', await alternate(direct, ways, { streams: 100, answers: 1, rounds: 2 * times, spreadMs: 0 }));
noteMemory();
say(`\nPaced: ${PACED.tokens} tokens at ${PACED.perSecond} a second, the first after ${PACED.prefillMs} ms; time to the first token`);
say(toTable(paced));

await engine.control.set({ models: [{ name: MODEL, answer: wordsOf(FLOOD_TOKENS) }], tokensPerSecond: 0, prefillMs: 0 });
const flood: (readonly string[])[] = [['streams', 'server', 'direct tokens/s', 'through tokens/s', 'ratio', 'server CPU µs a token']];
for (const { streams, flood: plan } of LEVELS) {
  const measured = await alternate(direct, ways, { ...plan, streams, rounds: plan.rounds * times, spreadMs: 0 });
  addRows(
    flood,
    String(streams),
    measured.map((one) => floodCells(one, FLOOD_TOKENS)),
  );
}
say(`\nFlood: ${FLOOD_TOKENS} tokens an answer, as fast as they go; through the server each is in the durable log`);
say(toTable(flood));
noteMemory();
await setTimeout(REST_MS);
noteMemory();

say('');
for (const [index, { server, target }] of ways.entries()) {
  const [idle, peak, after, rested] = memory[index] ?? [];
  say(`Server ${target.name}: start to first answer ${Math.round(server.startMs)} ms; resident memory ${idle} MiB after ten answers,`);
  say(`  ${peak} after 100 streams, ${after} after the flood, ${rested} ${REST_MS / 1_000} s later`);
}
