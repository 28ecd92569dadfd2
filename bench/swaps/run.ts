import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { modelPlanSchema } from '@pilotlight/contract';
import { runSwapTraffic, startFakeEngine } from '@pilotlight/test-kit';
import type { TrafficResult } from '@pilotlight/test-kit';

import { startMeasuredServer } from '../overhead/server-process.ts';
import { askChat } from './ask-chat.ts';
import { leastLoads } from './least-loads.ts';

// Three models with memory for one, six clients that choose at random: asked straight from a fake Ollama, which schedules, evicts and reloads as the real one was
// seen to, and through the server in front of another one. The choices of the clients are the same for both.
const MODELS = ['a:latest', 'b:latest', 'c:latest'];
const CLIENTS = 6;
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 40);
/** Of the traffic that was measured with a real Ollama, everything at a fifth of its time: loads of 3.5 s, answers of 20 tokens, pauses of 250 ms. */
const ENGINE = {
  maxLoaded: 1,
  loadMs: 700,
  unloadMs: 30,
  tokensPerSecond: 300,
  models: MODELS.map((name) => ({ name, sizeBytes: 300e6 })),
};
const PAUSE_MS = 50;
/** A client gives up after so long, as clients do after 120 s. */
const GIVE_UP_MS = 24_000;
const MAX_WAIT_S = 6;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const KINDS = [
  { name: 'plain', direct: () => ({}), options: () => ({}) },
  {
    name: 'own keep_alive',
    direct: (client: number) => ({ keep_alive: `${client + 1}m` }),
    options: (client: number) => ({ keep_alive: `${client + 1}m` }),
  },
  {
    name: 'own num_ctx',
    direct: (client: number) => ({ options: { num_ctx: 1024 + 256 * client } }),
    options: (client: number) => ({ context_length: 1024 + 256 * client }),
  },
] as const;
type Kind = (typeof KINDS)[number];

interface Measured extends TrafficResult {
  readonly loads: number;
}

function run(
  seed: number,
  ask: (question: { readonly model: string; readonly client: number }) => Promise<number>,
  models = MODELS,
): Promise<TrafficResult> {
  return runSwapTraffic({ seed, clients: CLIENTS, models, pauseMs: PAUSE_MS, goesOn: ({ elapsedMs }) => elapsedMs < SECONDS * 1000, ask });
}

async function loadsOf(engine: Awaited<ReturnType<typeof startFakeEngine>>): Promise<number> {
  return (await engine.control.state()).events.filter(({ type }) => type === 'load-start').length;
}

async function straight(kind: Kind, seed: number): Promise<Measured> {
  await using engine = await startFakeEngine(ENGINE);
  const url = `${engine.url}/api/chat`;
  const result = await run(seed, ({ model, client }) =>
    askChat({
      url,
      body: { model, messages: [{ role: 'user', content: 'Go on.' }], ...kind.direct(client) },
      firstMark: '"content":"',
      endMark: '"done":true',
      limitMs: GIVE_UP_MS,
    }),
  );
  return { ...result, loads: await loadsOf(engine) };
}

function through(url: string, options: (client: number) => object) {
  return ({ model, client }: { readonly model: string; readonly client: number }): Promise<number> =>
    askChat({
      url: `${url}/api/chat/stream`,
      body: { model, message: 'Go on.', options: options(client) },
      firstMark: 'event: text\n',
      endMark: 'event: finish\n',
      limitMs: GIVE_UP_MS,
    });
}

async function throughServer(kind: Kind, seed: number): Promise<Measured> {
  await using engine = await startFakeEngine(ENGINE);
  await using server = await startMeasuredServer({
    OLLAMA_HOST: engine.url,
    OLLAMA_MODEL: 'a:latest',
    MEMORY_BUDGET: '900MB',
    PILOTLIGHT_MAX_WAIT: String(MAX_WAIT_S),
  });
  const result = await run(seed, through(server.url, kind.options));
  return { ...result, loads: await loadsOf(engine) };
}

/** The same through the built-in engine: three files with the weights of the pilot, each a model of its own, and a budget for one of them. */
async function builtIn(seed: number): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'pilotlight-swaps-'));
  const pilot = fileURLToPath(new URL('../../models/pilot/pilot.gguf', import.meta.url));
  const names = ['one', 'two', 'three'];
  try {
    await mkdir(join(folder, 'models'));
    for (const name of names) await copyFile(pilot, join(folder, 'models', `${name}.gguf`));
    const environment = { OLLAMA_HOST: '127.0.0.1:1', PILOTLIGHT_MODELS: join(folder, 'models') };
    const needsBytes = await needsOf(environment, 'one');
    const budget = { MEMORY_BUDGET: String(Math.round(needsBytes * 1.6)), PILOTLIGHT_MAX_WAIT: '30', OLLAMA_MODEL: 'one' };
    await using server = await startMeasuredServer({ ...environment, ...budget });
    const ask = through(server.url, () => ({ max_tokens: 20 }));
    const result = await run(
      seed,
      ask,
      names.map((name) => `${name}:latest`),
    );
    const { models } = (await (await fetch(`${server.url}/api/models`)).json()) as {
      models: { name: string; metrics: { loads: number } }[];
    };
    const loads = models.reduce((sum, { name, metrics }) => (names.includes(name.replace(/:latest$/, '')) ? sum + metrics.loads : sum), 0);
    return { ...result, loads };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function needsOf(environment: Readonly<Record<string, string>>, model: string): Promise<number> {
  await using server = await startMeasuredServer(environment);
  // Loaded once, so that the figure is a measured one.
  await through(server.url, () => ({ max_tokens: 1 }))({ model, client: 0 });
  await fetch(`${server.url}/api/models/${model}/unload`, { method: 'POST' });
  const body = JSON.stringify({ model });
  const response = await fetch(`${server.url}/api/models/plan`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return modelPlanSchema.parse(await response.json()).needs?.bytes ?? 300e6;
}

function row(name: string, { answers, failures, loads, waitsMs, elapsedMs }: Measured): string {
  const at = (share: number): string =>
    ((waitsMs[Math.min(waitsMs.length - 1, Math.floor(waitsMs.length * share))] ?? 0) / 1000).toFixed(2);
  const cells = [
    name,
    answers,
    failures.length,
    loads,
    (loads / Math.max(1, answers)).toFixed(3),
    ((answers / elapsedMs) * 60_000).toFixed(0),
  ];
  return `| ${[...cells, at(0.5), at(0.99), at(1)].join(' | ')} |`;
}

say(
  `${CLIENTS} clients, ${MODELS.length} models, memory for one, ${SECONDS} s each; loads of ${ENGINE.loadMs} ms; maximum wait ${MAX_WAIT_S} s.`,
);
say(`No order of loads can need fewer than ${leastLoads(CLIENTS).toFixed(4)} for each answer of such clients.\n`);
say('| traffic | answers | failed | loads | loads ÷ answers | answers a minute | wait p50 s | p99 | longest |');
say('|---|---|---|---|---|---|---|---|---|');
const ratios: string[] = [];
for (const [index, kind] of KINDS.entries()) {
  const direct = await straight(kind, index + 7);
  say(row(`${kind.name}, straight`, direct));
  const server = await throughServer(kind, index + 7);
  say(row(`${kind.name}, through the server`, server));
  const pace = server.answers / server.elapsedMs / Math.max(1e-9, direct.answers / direct.elapsedMs);
  ratios.push(
    `${kind.name}: ${pace.toFixed(1)} × the answers a minute, ${(server.loads / server.answers / (direct.loads / Math.max(1, direct.answers))).toFixed(2)} × the loads for each`,
  );
}
say(row('three GGUF files, built-in engine', await builtIn(7)));
say(`\n${ratios.join('\n')}`);
