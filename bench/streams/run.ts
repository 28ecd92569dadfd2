import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { startFakeEngine } from '@pilotlight/test-kit';

import { startMeasuredServer } from '../overhead/server-process.ts';
import type { MeasuredServer } from '../overhead/server-process.ts';
import type { FollowedAnswer } from './client.ts';
import { cpuLines, memoryLines, spread, stretchOf } from './figures.ts';
import { measureLoad } from './measure-load.ts';
import type { Load, Measured } from './measure-load.ts';
import { splitProfile } from './split-profile.ts';
import { openProbe } from './watch-server.ts';

// Many answers at once, each followed by a reader of its own: is anything lost, does memory stay flat, what does a token cost, and where.
// npm run bench:streams -- [--streams 1000] [--seconds 30] [--rate 50] [--steps 100,300,1000] [--spread 2] [--profile-seconds 8]

const MODEL = 'fake:latest';
/** A stream keeps its pace if it takes, from its question to its end, no longer than this share above what the engine needs for its tokens. */
const KEEPS_PACE = 1.1;
/** How long after the last answer memory is looked at again. */
const REST_MS = 10_000;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

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

async function report(measured: Measured, load: Load): Promise<boolean> {
  const { streams, seconds, rate } = load;
  const run = await measureLoad(measured, load);
  const { answers, samples, client } = run;
  if (answers.length < streams) {
    say(`${streams} streams: ${streams - answers.length} answers are MISSING. ${run.clientErrors.slice(0, 600)}`);
    return false;
  }
  const whole = answers.filter(({ end }) => end === 'finish').length;
  const tokens = answers.length * seconds * rate;
  const { stretch, lateness } = stretchOf(answers, seconds);
  const different = await countDifferent(measured.server, answers);
  const late = samples.map(({ lateMs }) => lateMs);
  const busy = samples.reduce((sum, sample) => sum + sample.busy, 0) / samples.length;
  say(
    [
      `${streams} streams at ${rate} tokens/s for ${seconds} s: ${tokens} tokens, ${whole} of ${answers.length} whole, ${different === 0 ? 'all as their logs have them' : `${different} DIFFERENT from their logs`}`,
      `  pace         ${stretch.toFixed(2)} × the time that the engine needs, from the question to the end (median); ${lateness.toFixed(2)} × from the first token on${stretch > KEEPS_PACE ? ': more than this machine carries' : ''}`,
      `  connected    ${spread(answers.map(({ connectedMs }) => connectedMs))}; ${run.refusedConnections} connections found a queue of the system full`,
      `  acknowledged ${spread(answers.map(({ postedMs }) => postedMs))} from the post on`,
      `  first token  ${spread(answers.map(({ firstTokenMs }) => firstTokenMs))} from the post on`,
      `  silence      ${spread(answers.map(({ silenceMs }) => silenceMs))}, the longest of each answer`,
      ...cpuLines(run, tokens, availableParallelism()),
      `  event loops  the server's busy ${(busy * 100).toFixed(0)} % of the time, timers up to ${Math.max(...late.map(({ most }) => most)).toFixed(0)} ms late; the readers' busy ${(client.busy * 100).toFixed(0)} %`,
      ...memoryLines(samples),
    ].join('\n'),
  );
  return stretch <= KEEPS_PACE && different === 0 && whole === answers.length;
}

/** Where the main thread spends its time: a run of its own, since the profile takes time too. */
async function reportProfile(measured: Measured, load: Load): Promise<void> {
  const run = await measureLoad(measured, { ...load, profiles: true });
  if (run.profile === undefined) throw new Error('the server gave no profile');
  const tokens = run.answers.length * load.seconds * load.rate;
  const times = splitProfile(run.profile);
  const busyMs = Object.entries(times).reduce((sum, [share, ms]) => (share === 'idle' ? sum : sum + ms), 0);
  const cost = (ms: number): string => (((ms / busyMs) * run.threads.main * 1_000) / tokens).toFixed(1);
  const { append, notify, store, engine, other, node, collector } = times;
  const commit = ((run.threads.storage * 1_000) / tokens).toFixed(1);
  say(
    [
      `a token at ${load.streams} streams, by a profile of the main thread (µs of CPU, scaled to what the thread took):`,
      `  the log      append ${cost(append)}, commit ${cost(store)} to hand it over and ${commit} in the storage thread, notify and write to the reader ${cost(notify)}`,
      `  beside it    from the engine ${cost(engine)}, sockets and event loop ${cost(node)}, collecting garbage ${cost(collector)}, everything else ${cost(other)}`,
    ].join('\n'),
  );
}

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '30' },
    rate: { type: 'string', default: '50' },
    steps: { type: 'string' },
    spread: { type: 'string', default: '2' },
    'profile-seconds': { type: 'string', default: '8' },
  },
});
const [rate, spreadMs] = [Number(values.rate), Number(values.spread) * 1_000];
const steps = (values.steps ?? `100,${values.streams}`).split(',').map(Number);
await using engine = await startFakeEngine({ models: [{ name: MODEL }], parallel: 4_096, tokensPerSecond: rate, maxQueue: 4_096 });
await using probe = await openProbe();
await using server = await startMeasuredServer(
  { OLLAMA_HOST: engine.url, OLLAMA_MODEL: MODEL, OLLAMA_NUM_PARALLEL: '1024', ...probe.environment },
  probe.nodeOptions,
);
const measured = { server, engine, probe };
await measureLoad(measured, { model: MODEL, streams: 1, seconds: 1, rate, spreadMs: 0 });
const idleMiB = server.rssMiB();
let carried = 0;
for (const streams of steps) {
  if (!(await report(measured, { model: MODEL, streams, seconds: Number(values.seconds), rate, spreadMs }))) break;
  carried = streams;
}
await setTimeout(REST_MS);
const { memory: rested } = await probe.ask('read');
const restedMiB = server.rssMiB();
await probe.ask('collect');
const { memory: collected } = await probe.ask('read');
const [heap, least] = [rested, collected].map(({ heapUsed }) => (heapUsed / 2 ** 20).toFixed(0));
say(
  `memory: ${idleMiB.toFixed(0)} MiB before, ${restedMiB.toFixed(0)} MiB ${REST_MS / 1_000} s after the last answer, with ${heap} MiB in use on the main thread's heap and ${least} MiB once garbage was collected`,
);
const profileSeconds = Number(values['profile-seconds']);
const last = carried > 0 ? carried : (steps[0] ?? 1);
if (profileSeconds > 0) await reportProfile(measured, { model: MODEL, streams: last, seconds: profileSeconds, rate, spreadMs });
say(`carried at their pace: ${carried} streams`);
