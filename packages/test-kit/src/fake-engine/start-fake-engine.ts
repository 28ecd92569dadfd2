import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { FakeEngineControl } from './control-client.ts';
import { createControlClient } from './control-client.ts';
import { createFakeEngine } from './create-fake-engine.ts';
import type { FakeEngineConfig } from './fake-engine-config.ts';

/** A running fake engine. */
export interface FakeEngine extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Its own process, or this one. */
  readonly pid: number;
  readonly control: FakeEngineControl;
}

const PROGRAM = fileURLToPath(new URL('../bin/fake-engine.ts', import.meta.url));

/** Starts the fake engine as a program of its own: it can be killed, and takes no time from this process. */
export async function startFakeEngine(config: Partial<FakeEngineConfig> = {}): Promise<FakeEngine> {
  const child = spawn(process.execPath, [PROGRAM, '--config', JSON.stringify(config)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const lines = createInterface(child.stdout);
  const [line] = (await Promise.race([
    once(lines, 'line'),
    exited.then(([code]) => {
      throw new Error(`the fake engine ended with code ${code} before it listened`);
    }),
  ])) as [string];
  const { port } = JSON.parse(line) as { readonly port: number };
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    pid: child.pid ?? 0,
    control: createControlClient(url),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Starts the fake engine inside this process: quick, for tests that do not kill it. */
export async function startFakeEngineHere(config: Partial<FakeEngineConfig> = {}): Promise<FakeEngine> {
  const server = await createFakeEngine(config);
  return {
    url: server.url,
    port: server.port,
    pid: process.pid,
    control: createControlClient(server.url),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
