import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import type { FakeEngine } from '@pilotlight/test-kit';

import type { MeasuredServer } from '../overhead/server-process.ts';
import type { ClientEffort, FollowedAnswer } from './client.ts';
import { processMs, threadTimes } from './watch-server.ts';
import type { Probe, ProbeAnswer, ThreadTimes } from './watch-server.ts';

export interface Load {
  readonly model: string;
  readonly streams: number;
  readonly seconds: number;
  readonly rate: number;
  /** The questions are asked spread over this time. */
  readonly spreadMs: number;
  /** The main thread is profiled meanwhile, which takes time of its own. */
  readonly profiles?: boolean;
}

export interface Measured {
  readonly server: MeasuredServer;
  readonly engine: FakeEngine;
  readonly probe: Probe;
}

export interface Run {
  readonly answers: readonly FollowedAnswer[];
  readonly wallMs: number;
  /** CPU time of the server by threads, of the engine and of the readers. */
  readonly threads: ThreadTimes;
  readonly engineMs: number;
  readonly client: ClientEffort;
  /** Of the server's main thread, over the run: the first when all have asked, the last as the streams end. */
  readonly samples: readonly ProbeAnswer[];
  /** Connections for which there was no room in a queue of the system; their client tries again after 1, 3, 7 … seconds. */
  readonly refusedConnections: number;
  readonly profile: ProbeAnswer['profile'];
  readonly clientErrors: string;
}

const CLIENT = fileURLToPath(new URL('client.ts', import.meta.url));
const SAMPLES = 8;

/** Has so many answers written and followed, by a process of its own, and watches the server meanwhile. */
export async function measureLoad({ server, engine, probe }: Measured, load: Load): Promise<Run> {
  const { model, streams, seconds, rate, spreadMs } = load;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLIENT], { stdio: ['pipe', 'pipe', 'pipe'] });
  let [output, clientErrors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (clientErrors += text));
  const closed = once(child, 'close');
  const over = new AbortController();
  const before = { threads: threadTimes(server.pid), engineMs: processMs(engine.pid), refused: refusedConnections() };
  const startedMs = performance.now();
  await probe.ask(load.profiles === true ? 'profile' : 'read');
  child.stdin.end(JSON.stringify({ urls: [server.url], model, streams, tokens: seconds * rate, spreadMs }));
  const sampling = sample(probe, (seconds * 1_000 + spreadMs) / SAMPLES, over.signal);
  await closed;
  const wallMs = performance.now() - startedMs;
  over.abort();
  const samples = await sampling;
  const { profile } = await probe.ask(load.profiles === true ? 'stop' : 'read');
  const lines = output.split('\n').filter((line) => line !== '');
  const found = lines.map((line) => JSON.parse(line) as FollowedAnswer | ClientEffort);
  return {
    answers: found.filter((one) => 'generation' in one),
    wallMs,
    threads: sinceThen(threadTimes(server.pid), before.threads),
    engineMs: processMs(engine.pid) - before.engineMs,
    client: found.find((one) => 'busy' in one) ?? { cpuMs: Number.NaN, busy: Number.NaN },
    samples,
    refusedConnections: refusedConnections() - before.refused,
    profile,
    clientErrors,
  };
}

async function sample(probe: Probe, everyMs: number, signal: AbortSignal): Promise<ProbeAnswer[]> {
  const samples: ProbeAnswer[] = [];
  for (;;) {
    try {
      await setTimeout(everyMs, undefined, { signal });
    } catch {
      return samples;
    }
    samples.push(await probe.ask('read'));
  }
}

function sinceThen(now: ThreadTimes, then: ThreadTimes): ThreadTimes {
  return {
    main: now.main - then.main,
    storage: now.storage - then.storage,
    collector: now.collector - then.collector,
    rest: now.rest - then.rest,
  };
}

/** Of the whole machine. */
function refusedConnections(): number {
  const [names = '', values = ''] = readFileSync('/proc/net/netstat', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('TcpExt:'));
  const place = names.split(' ').indexOf('ListenOverflows');
  return Number(values.split(' ')[place]);
}
