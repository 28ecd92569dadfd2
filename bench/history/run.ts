import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { DATABASE_FILE, openStorage, restore } from '@pilotlight/storage';
import { startPostgres, systemClock, whyNoPostgres } from '@pilotlight/test-kit';

import { quantile, toTable } from '../overhead/figures.ts';
import { startMeasuredServer } from '../overhead/server-process.ts';
import { fillHistory } from './fill-history.ts';
import { createChance, wordOf } from './vocabulary.ts';

// A long history: the real server over SQLite and over Postgres, without any conversation and with many.
// npm run bench:history -- [--messages 1000000] [--conversations 20000] [--rounds 20]

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '1000000' },
    conversations: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '20' },
  },
});
const history = { messages: Number(values.messages), conversations: Number(values.conversations) };
const rounds = Number(values.rounds);
const chance = createChance(11);

interface Question {
  readonly name: string;
  readonly limitMs: number;
  readonly path: () => string;
}

/** A word between two ranks, a few letters of it cut off or not. */
const word = (from: number, to: number, length = 99): string => wordOf(from + Math.floor(chance() * (to - from))).slice(0, length);
const search = (text: () => string) => () => `/api/conversations/search?q=${encodeURIComponent(text())}`;
const SEARCH_MS = 200;

const QUESTIONS: readonly Question[] = [
  { name: 'side bar: first page', limitMs: 50, path: () => '/api/conversations?limit=50' },
  { name: 'open a conversation', limitMs: 100, path: () => `/api/conversations/c-${Math.floor(chance() * history.conversations)}` },
  { name: 'search: most frequent word', limitMs: SEARCH_MS, path: search(() => word(0, 3)) },
  { name: 'search: frequent word', limitMs: SEARCH_MS, path: search(() => word(5, 100)) },
  { name: 'search: word in 1 of 100', limitMs: SEARCH_MS, path: search(() => word(300, 700)) },
  { name: 'search: rare word', limitMs: SEARCH_MS, path: search(() => word(20_000, 50_000)) },
  { name: 'search: no such word', limitMs: SEARCH_MS, path: search(() => `qq${word(0, 100)}`) },
  { name: 'search: beginning, 2 letters', limitMs: SEARCH_MS, path: search(() => word(5, 50_000, 2)) },
  { name: 'search: beginning, 5 letters', limitMs: SEARCH_MS, path: search(() => word(400, 50_000, 5)) },
  { name: 'search: two frequent words', limitMs: SEARCH_MS, path: search(() => `${word(0, 20)} ${word(20, 100)}`) },
  { name: 'search: three words', limitMs: SEARCH_MS, path: search(() => `${word(5, 50)} ${word(100, 500)} ${word(500, 5_000)}`) },
  { name: 'search: two words in a row', limitMs: SEARCH_MS, path: search(() => `${word(0, 50)}-${word(0, 50)}`) },
];

type Environment = Readonly<Record<string, string>>;

/** From the start of the process to its first answer, the least of three. */
async function startMs(environment: Environment): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    await using server = await startMeasuredServer(environment);
    times.push(server.startMs);
  }
  return Math.min(...times);
}

async function timeOf(url: string): Promise<number> {
  const startedMs = performance.now();
  const response = await fetch(url);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} was answered with ${response.status}`);
  return performance.now() - startedMs;
}

/** Each kind in turn, so that what is in memory for one is not for the next. */
async function ask(environment: Environment): Promise<ReadonlyMap<string, readonly number[]>> {
  await using server = await startMeasuredServer(environment);
  const times = new Map<string, number[]>(QUESTIONS.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, path } of QUESTIONS) times.get(name)?.push(await timeOf(server.url + path()));
  }
  return times;
}

function print(name: string, times: ReadonlyMap<string, readonly number[]>): void {
  const rows = QUESTIONS.map((question) => {
    const measured = times.get(question.name) ?? [];
    const p95 = quantile(measured, 0.95);
    const verdict = p95 <= question.limitMs ? 'ok' : 'MISSED';
    return [question.name, quantile(measured, 0.5).toFixed(1), p95.toFixed(1), String(question.limitMs), verdict];
  });
  const searches = QUESTIONS.filter(({ name: kind }) => kind.startsWith('search')).flatMap(({ name: kind }) => times.get(kind) ?? []);
  rows.push(['search: all of these', quantile(searches, 0.5).toFixed(1), quantile(searches, 0.95).toFixed(1), String(SEARCH_MS), '']);
  process.stdout.write(`\n${name}\n${toTable([['', 'p50 ms', 'p95 ms', 'at most', ''], ...rows])}\n`);
}

async function timed<T>(what: string, body: () => Promise<T> | T): Promise<T> {
  const startedMs = performance.now();
  const value = await body();
  process.stdout.write(`${what}: ${((performance.now() - startedMs) / 1000).toFixed(0)} s\n`);
  return value;
}

const folder = await mkdtemp(join(tmpdir(), 'pilotlight-bench-history-'));
const quiet = { OLLAMA_HOST: '127.0.0.1:1' };
try {
  const [empty, full] = ['empty', 'full'].map((name) => join(folder, name)) as [string, string];
  const file = join(full, DATABASE_FILE);
  await (await openStorage({ location: { file }, clock: systemClock }))[Symbol.asyncDispose]();
  process.stdout.write(`${history.messages} messages in ${history.conversations} conversations, ${rounds} rounds\n`);
  await timed('filled SQLite', () => fillHistory(file, history));
  process.stdout.write(`its file: ${((await stat(file)).size / 1e6).toFixed(0)} MB\n`);
  const sqlite = { ...quiet, PILOTLIGHT_DATA: full };
  const sqliteStarts = [await startMs({ ...quiet, PILOTLIGHT_DATA: empty }), await startMs(sqlite)];
  print('SQLite', await ask(sqlite));

  const reason = whyNoPostgres();
  if (reason === undefined) {
    await using postgres = await startPostgres({ isDurable: true });
    const database = { ...quiet, PILOTLIGHT_DATA: empty, DATABASE_URL: postgres.url() };
    const emptyStart = await startMs(database);
    const options = { dataFolder: empty, databaseUrl: postgres.url(), file, nowMs: Date.now() };
    await timed('\nrestored all of it into Postgres', () => restore(options));
    const fullStart = await startMs(database);
    print('Postgres', await ask(database));
    process.stdout.write(`\nstart-up over Postgres: ${emptyStart.toFixed(0)} ms empty, ${fullStart.toFixed(0)} ms with all of it\n`);
  } else process.stdout.write(`\nPostgres was not measured: ${reason}\n`);
  process.stdout.write(`start-up over SQLite: ${sqliteStarts.map((ms) => ms.toFixed(0)).join(' ms empty, ')} ms with all of it\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
