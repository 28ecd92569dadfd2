import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { startFakeEngine } from '@pilotlight/test-kit';

import { startMeasuredServer } from '../overhead/server-process.ts';
import type { MeasuredServer } from '../overhead/server-process.ts';
import type { FollowedAnswer } from './client.ts';

// Many answers at once, each followed by a reader of its own: is anything lost, does memory stay flat, what does a token cost.
// npm run bench:streams -- [--streams 1000] [--seconds 30] [--rate 50] [--steps 100,300,1000] [--spread 2]

const MODEL = 'fake:latest';
const CLIENT = fileURLToPath(new URL('client.ts', import.meta.url));
/** A stream keeps its pace if it takes, from its question to its end, no longer than this share above what the engine needs for its tokens. */
const KEEPS_PACE = 1.1;
const SAMPLES = 8;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

interface Load {
  readonly streams: number;
  readonly seconds: number;
  readonly rate: number;
  /** The questions are asked spread over this time. */
  readonly spreadMs: number;
}

interface Run {
  readonly answers: readonly FollowedAnswer[];
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Resident memory in MiB, over the run. */
  readonly memory: readonly number[];
  readonly clientErrors: string;
}

async function runClients(server: MeasuredServer, load: Load): Promise<Run> {
  const { spreadMs } = load;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLIENT], { stdio: ['pipe', 'pipe', 'pipe'] });
  const plan = { urls: [server.url], model: MODEL, streams: load.streams, tokens: load.seconds * load.rate, spreadMs };
  let [output, clientErrors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (clientErrors += text));
  const memory: number[] = [];
  const sampler = setInterval(() => memory.push(server.rssMiB()), (load.seconds * 1_000 + spreadMs) / SAMPLES);
  const beforeMs = server.cpuMs();
  const startedMs = performance.now();
  child.stdin.end(JSON.stringify(plan));
  await once(child, 'close');
  clearInterval(sampler);
  const answers = output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as FollowedAnswer);
  return { answers, cpuMs: server.cpuMs() - beforeMs, wallMs: performance.now() - startedMs, memory, clientErrors };
}

/** How many of the answers were shown otherwise than their log has them. */
async function countDifferent(server: MeasuredServer, answers: readonly FollowedAnswer[]): Promise<number> {
  let different = 0;
  for (const { generation, digest } of answers) {
    const text = await (await fetch(`${server.url}/api/generations/${generation}/events`)).text();
    const hash = createHash('sha256');
    for (const [, data] of text.matchAll(/^data: (.*)$/gm)) hash.update(`${data}\n`);
    if (hash.digest('hex') !== digest) different += 1;
  }
  return different;
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function spread(values: readonly number[]): string {
  return `${quantile(values, 0.5).toFixed(0)} ms p50, ${quantile(values, 0.99).toFixed(0)} ms p99`;
}

async function report(server: MeasuredServer, load: Load): Promise<boolean> {
  const { streams, seconds, rate } = load;
  const { answers, cpuMs, wallMs, memory, clientErrors } = await runClients(server, load);
  if (answers.length < streams) {
    say(`${streams} streams: ${streams - answers.length} answers are MISSING. ${clientErrors.slice(0, 600)}`);
    return false;
  }
  const whole = answers.filter(({ end }) => end === 'finish').length;
  const tokens = answers.length * seconds * rate;
  const stretch = quantile(
    answers.map(({ totalMs }) => totalMs / (seconds * 1_000)),
    0.5,
  );
  const lateness = quantile(
    answers.map(({ totalMs, firstTokenMs }) => (totalMs - firstTokenMs) / (seconds * 1_000)),
    0.5,
  );
  const different = await countDifferent(server, answers);
  say(
    [
      `${streams} streams at ${rate} tokens/s for ${seconds} s: ${tokens} tokens, ${whole} of ${answers.length} whole, ${different === 0 ? 'all as their logs have them' : `${different} DIFFERENT from their logs`}`,
      `  pace         ${stretch.toFixed(2)} × the time that the engine needs, from the question to the end (median); ${lateness.toFixed(2)} × from the first token on${stretch > KEEPS_PACE ? ': more than this machine carries' : ''}`,
      `  acknowledged ${spread(answers.map(({ postedMs }) => postedMs))} from the post on`,
      `  first token  ${spread(answers.map(({ firstTokenMs }) => firstTokenMs))} from the post on`,
      `  silence      ${spread(answers.map(({ silenceMs }) => silenceMs))}, the longest of each answer`,
      `  CPU          ${((cpuMs * 1_000) / tokens).toFixed(1)} µs a token in the server with log, database and streams; ${((cpuMs / wallMs) * 100).toFixed(0)} % of one core`,
      `  memory       ${memory.map((mib) => mib.toFixed(0)).join(' · ')} MiB, over the run`,
    ].join('\n'),
  );
  return stretch <= KEEPS_PACE && different === 0 && whole === answers.length;
}

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '30' },
    rate: { type: 'string', default: '50' },
    steps: { type: 'string' },
    spread: { type: 'string', default: '2' },
  },
});
const steps = (values.steps ?? `100,${values.streams}`).split(',').map(Number);
await using engine = await startFakeEngine({
  models: [{ name: MODEL }],
  parallel: 4_096,
  tokensPerSecond: Number(values.rate),
  maxQueue: 4_096,
});
await using server = await startMeasuredServer({ OLLAMA_HOST: engine.url, OLLAMA_MODEL: MODEL, OLLAMA_NUM_PARALLEL: '1024' });
await report(server, { streams: 1, seconds: 1, rate: Number(values.rate), spreadMs: 0 });
const idleMiB = server.rssMiB();
let carried = 0;
for (const streams of steps) {
  if (
    !(await report(server, {
      streams,
      seconds: Number(values.seconds),
      rate: Number(values.rate),
      spreadMs: Number(values.spread) * 1_000,
    }))
  )
    break;
  carried = streams;
}
say(`${idleMiB.toFixed(0)} MiB before, ${server.rssMiB().toFixed(0)} MiB after; carried at their pace: ${carried} streams`);
