import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { createTemporaryFolder } from '@pilotlight/test-kit';

import { NODE_FLAGS } from '../../../../scripts/launch.mjs';

export interface ServerProcess extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  readonly dataFolder: string;
  /** Everything that it has written to standard output and standard error so far. */
  output(): string;
  errors(): string;
  kill(signal: NodeJS.Signals): void;
  /** Resolves with its exit code, null if a signal ended it. */
  readonly exited: Promise<number | null>;
}

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

export interface ProcessUser {
  readonly uid: number;
  readonly gid: number;
}

/** Starts the real server as a process of its own, on a free port and a data folder of its own, as another user if one is given, and waits until it listens. */
export async function startServerProcess(environment: Readonly<Record<string, string>> = {}, user?: ProcessUser): Promise<ServerProcess> {
  const folder = await createTemporaryFolder();
  if (user !== undefined) await chown(folder.path, user.uid, user.gid);
  const dataFolder = environment['PILOTLIGHT_DATA'] ?? folder.path;
  const child = spawn(process.execPath, [...NODE_FLAGS, MAIN], {
    ...user,
    cwd: folder.path,
    env: {
      PATH: process.env['PATH'],
      HOME: folder.path,
      OLLAMA_HOST: '127.0.0.1:1',
      PILOTLIGHT_PORT: '0',
      PILOTLIGHT_DATA: dataFolder,
      // Asks of its own would mix with those of the test.
      PILOTLIGHT_TITLES: 'false',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  const greeted = Promise.withResolvers<string>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    const url = / is at (http:\S+)\n/.exec(output)?.[1];
    if (url !== undefined) greeted.resolve(url);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const url = await Promise.race([greeted.promise, exited.then(() => '')]);
  return {
    url,
    pid: child.pid ?? 0,
    dataFolder,
    output: () => output,
    errors: () => errors,
    kill: (signal) => void child.kill(signal),
    exited,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** The processes that this one has started. */
export async function childrenOf(pid: number): Promise<number[]> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.trim().split(' ').filter(Boolean).map(Number);
}
