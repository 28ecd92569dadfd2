import { existsSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { DATABASE_FILE, openStorage, restore } from '@pilotlight/storage';
import { startPostgres, systemClock, whyNoPostgres } from '@pilotlight/test-kit';

import { quantile, toTable } from '../overhead/figures.ts';
import { startMeasuredServer } from '../overhead/server-process.ts';
import { cpuOfTree } from './cpu-of-tree.ts';
import { fillHistory } from './fill-history.ts';
import { createChance, wordOf } from './vocabulary.ts';

// A long history: the real server over SQLite and over Postgres, without any conversation and with many.
// npm run bench:history -- [--messages 1000000] [--conversations 20000] [--rounds 20] [--keep FOLDER] [--over sqlite,postgres]

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '1000000' },
    conversations: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '20' },
    keep: { type: 'string' },
    over: { type: 'string', default: 'sqlite,postgres' },
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
  {
    name: 'search: file by its name',
    limitMs: SEARCH_MS,
    path: search(() => `report-${Math.floor((chance() * history.conversations) / 10)}`),
  },
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

interface Figures {
  readonly times: readonly number[];
  /** CPU time for each, of the server and of the database server. */
  readonly cpuMs: number;
}

/** One kind after the other, each once before it counts. */
async function ask(environment: Environment, databasePid?: number): Promise<ReadonlyMap<string, Figures>> {
  await using server = await startMeasuredServer(environment);
  // The model that it loads at the start is not what is measured.
  await settled(server.url);
  const cpu = (): number => server.cpuMs() + (databasePid === undefined ? 0 : cpuOfTree(databasePid));
  const figures = new Map<string, Figures>();
  for (const { name, path } of QUESTIONS) {
    await timeOf(server.url + path());
    const before = cpu();
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) times.push(await timeOf(server.url + path()));
    figures.set(name, { times, cpuMs: (cpu() - before) / rounds });
  }
  return figures;
}

async function settled(url: string): Promise<void> {
  const limitMs = performance.now() + 60_000;
  while (performance.now() < limitMs) {
    const response = await fetch(`${url}/readyz?model=pilot:latest`);
    await response.arrayBuffer();
    if (response.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function print(name: string, figures: ReadonlyMap<string, Figures>): void {
  const rows = QUESTIONS.map(({ name: kind, limitMs }) => {
    const { times, cpuMs } = figures.get(kind) ?? { times: [], cpuMs: Number.NaN };
    const p95 = quantile(times, 0.95);
    return [kind, quantile(times, 0.5).toFixed(1), p95.toFixed(1), String(limitMs), p95 <= limitMs ? 'ok' : 'MISSED', cpuMs.toFixed(1)];
  });
  const searches = QUESTIONS.filter(({ name: kind }) => kind.startsWith('search')).flatMap(
    ({ name: kind }) => figures.get(kind)?.times ?? [],
  );
  rows.push(['search: all of these', quantile(searches, 0.5).toFixed(1), quantile(searches, 0.95).toFixed(1), String(SEARCH_MS), '', '']);
  process.stdout.write(`\n${name}\n${toTable([['', 'p50 ms', 'p95 ms', 'at most', '', 'CPU ms'], ...rows])}\n`);
}

async function timed<T>(what: string, body: () => Promise<T> | T): Promise<T> {
  const startedMs = performance.now();
  const value = await body();
  process.stdout.write(`${what}: ${((performance.now() - startedMs) / 1000).toFixed(0)} s\n`);
  return value;
}

/** Does it once for a folder that is kept; a body that was interrupted is done again from the beginning by the one who removes the folder. */
async function once(what: string, body: () => unknown): Promise<void> {
  const mark = join(folder, `${what.replaceAll(/\W+/g, '-')}-${history.messages}-${history.conversations}`);
  if (existsSync(mark)) return say(`${what}: kept from before`);
  await timed(what, body);
  writeFileSync(mark, '');
}

async function measureSqlite(): Promise<void> {
  const sqlite = { ...quiet, PILOTLIGHT_DATA: full };
  const starts = [await startMs({ ...quiet, PILOTLIGHT_DATA: empty }), await startMs(sqlite)];
  print('SQLite', await ask(sqlite));
  say(`\nstart-up over SQLite: ${starts.map((ms) => ms.toFixed(0)).join(' ms empty, ')} ms with all of it`);
}

async function measurePostgres(): Promise<void> {
  const reason = whyNoPostgres();
  if (reason !== undefined) return say(`\nPostgres was not measured: ${reason}`);
  await using postgres = await startPostgres({ isDurable: true, dataFolder: join(folder, 'postgres') });
  const database = { ...quiet, PILOTLIGHT_DATA: empty, DATABASE_URL: postgres.url() };
  const options = { dataFolder: empty, databaseUrl: postgres.url(), file, nowMs: Date.now() };
  await once('restored all of it into Postgres', () => restore(options));
  const fullStart = await startMs(database);
  print('Postgres', await ask(database, postgres.pid()));
  say(`\nstart-up over Postgres: ${fullStart.toFixed(0)} ms with all of it`);
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const folder = values.keep === undefined ? await mkdtemp(join(tmpdir(), 'pilotlight-bench-history-')) : resolve(values.keep);
await mkdir(folder, { recursive: true });
// The user that Postgres runs as has to reach its own folder in it.
await chmod(folder, 0o755);
const quiet = { OLLAMA_HOST: '127.0.0.1:1', LOG_LEVEL: 'error' };
const [empty, full] = ['empty', 'full'].map((name) => join(folder, name)) as [string, string];
const file = join(full, DATABASE_FILE);
try {
  say(`${history.messages} messages in ${history.conversations} conversations, ${rounds} rounds`);
  await once('filled SQLite', async () => {
    await (await openStorage({ location: { file }, clock: systemClock }))[Symbol.asyncDispose]();
    fillHistory(file, history);
  });
  say(`its file: ${((await stat(file)).size / 1e6).toFixed(0)} MB`);
  if (values.over.includes('sqlite')) await measureSqlite();
  if (values.over.includes('postgres')) await measurePostgres();
} finally {
  if (values.keep === undefined) await rm(folder, { recursive: true, force: true });
}
