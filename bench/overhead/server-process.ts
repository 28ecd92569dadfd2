import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { COMPILED_MODULES, NODE_FLAGS } from '../../scripts/launch.mjs';

const MAIN = fileURLToPath(new URL('../../apps/server/src/main.ts', import.meta.url));
/** The kernel counts CPU time in ticks of this length. */
const TICK_MS = 10;

export interface MeasuredServer extends AsyncDisposable {
  readonly url: string;
  /** From the start of the process to the page's first answer. */
  readonly startMs: number;
  readonly pid: number;
  rssMiB(): number;
  /** CPU time of the process and its threads so far. */
  cpuMs(): number;
}

export interface ServerSetup {
  readonly environment: Readonly<Record<string, string>>;
  /** What stands in `pilotlight.yaml`. */
  readonly settingsFile?: string;
  /** Its log goes to a file, as JSON, in place of the error output of this process. */
  readonly logsToFile?: boolean;
}

/** Starts the server towards one engine, with a data folder of its own, and waits until it serves. */
export function startMeasuredServer(
  environment: Readonly<Record<string, string>>,
  nodeOptions: readonly string[] = [],
): Promise<MeasuredServer> {
  return startServerWith({ environment }, nodeOptions);
}

/** The same with settings that no environment takes. */
export async function startServerWith(
  { environment, settingsFile, logsToFile = false }: ServerSetup,
  nodeOptions: readonly string[],
): Promise<MeasuredServer> {
  const folder = await mkdtemp(join(tmpdir(), 'pilotlight-bench-'));
  if (settingsFile !== undefined) await writeFile(join(folder, 'pilotlight.yaml'), settingsFile);
  const log = logsToFile ? await open(join(folder, 'log'), 'a') : undefined;
  const startedMs = performance.now();
  const child = spawn(process.execPath, [...NODE_FLAGS, ...nodeOptions, MAIN], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      PILOTLIGHT_DATA: folder,
      PILOTLIGHT_PORT: '0',
      LOG_LEVEL: 'warn',
      PILOTLIGHT_TITLES: 'false',
      NODE_COMPILE_CACHE: COMPILED_MODULES,
      ...environment,
    },
    stdio: ['ignore', 'pipe', log?.fd ?? 'inherit'],
  });
  await log?.close();
  let output = '';
  const listening = Promise.withResolvers<string>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    const url = / is at (http:\S+)\n/.exec(output)?.[1];
    if (url !== undefined) listening.resolve(url);
  });
  child.once('exit', (code) => listening.reject(new Error(`the server ended with ${code} before it listened`)));
  const url = await listening.promise;
  await (await fetch(`${url}/livez`)).arrayBuffer();
  const startMs = performance.now() - startedMs;
  const pid = child.pid ?? 0;
  return {
    url,
    startMs,
    pid,
    rssMiB: () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1_024,
    cpuMs() {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
