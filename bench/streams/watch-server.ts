import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { CpuProfile } from './split-profile.ts';

/** `read`: how it is doing since the last time. `collect`: the same, and its garbage is collected. `profile`, `stop`: around what is to be profiled. */
export type ProbeCommand = 'read' | 'collect' | 'profile' | 'stop';

/** Of the main thread, since the last answer. */
export interface ProbeAnswer {
  /** The share of the time in which the event loop was not waiting. */
  readonly busy: number;
  /** How long the event loop let a timer wait. */
  readonly lateMs: { readonly p50: number; readonly p99: number; readonly most: number };
  readonly gcMs: number;
  /** In bytes; `rss` is that of the whole process, the rest that of its main thread. */
  readonly memory: { readonly heapUsed: number; readonly external: number; readonly arrayBuffers: number; readonly rss: number };
  readonly profile?: CpuProfile | undefined;
}

export interface Probe extends AsyncDisposable {
  /** What the server has to be started with. */
  readonly nodeOptions: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  ask(command: ProbeCommand): Promise<ProbeAnswer>;
}

const PROBE = fileURLToPath(new URL('probe.ts', import.meta.url));

/** A socket on which a server that is started with this says how it is doing. */
export async function openProbe(): Promise<Probe> {
  const path = join(tmpdir(), `streams-probe-${process.pid}.sock`);
  const answers: ((answer: ProbeAnswer) => void)[] = [];
  const connected = Promise.withResolvers<Socket>();
  const listener = createServer((socket) => {
    createInterface(socket).on('line', (line) => answers.shift()?.(JSON.parse(line) as ProbeAnswer));
    connected.resolve(socket);
  });
  listener.listen(path);
  await once(listener, 'listening');
  return {
    nodeOptions: ['--expose-gc', '--import', PROBE],
    environment: { STREAMS_PROBE: path },
    async ask(command) {
      const socket = await connected.promise;
      const { promise, resolve } = Promise.withResolvers<ProbeAnswer>();
      answers.push(resolve);
      socket.write(`${command}\n`);
      return promise;
    },
    async [Symbol.asyncDispose]() {
      (await connected.promise).destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

/** The kernel counts CPU time in ticks of this length. */
const TICK_MS = 10;
const THREADS = { main: /^node-MainThread|^MainThread/, storage: /^storage/, collector: /V8Worker|^Delayed/ } as const;

/** CPU time so far of a process: its main thread, the one with the database, those that collect garbage and compile, and the rest, which sync the disk among others. */
export interface ThreadTimes {
  readonly main: number;
  readonly storage: number;
  readonly collector: number;
  readonly rest: number;
}

export function threadTimes(pid: number): ThreadTimes {
  const times = { main: 0, storage: 0, collector: 0, rest: 0 };
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    const name = /\((.*)\)/s.exec(stat)?.[1] ?? '';
    const fields = stat.replace(/^.*\) /s, '').split(' ');
    const kind = (Object.keys(THREADS) as (keyof typeof THREADS)[]).find((candidate) => THREADS[candidate].test(name)) ?? 'rest';
    times[kind] += (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }
  return times;
}

/** CPU time so far of a process and its threads. */
export function processMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
