import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A server in a process of its own, over a data folder that outlives it. */
export interface CrashingServer {
  /** Resolves with its address when it listens, or with nothing when it ended before. */
  readonly listening: Promise<string | undefined>;
  /** Resolves when it has ended, with what ended it. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly isAlive: boolean;
  /** The last of what it wrote, for a person who looks at a failure. */
  output(): string;
  /** Asks it to end in order. */
  end(): void;
  /** The processes that it had started when it was killed. */
  kill(): Promise<readonly number[]>;
}

const MAIN = fileURLToPath(new URL('../../../../apps/server/src/main.ts', import.meta.url));
const MAX_OUTPUT = 20_000;

export function startCrashingServer(environment: Readonly<Record<string, string>>): CrashingServer {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    env: { PATH: process.env['PATH'], PILOTLIGHT_PORT: '0', LOG_LEVEL: 'warn', PILOTLIGHT_TITLES: 'false', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const listening = Promise.withResolvers<string | undefined>();
  const take = (text: string): void => {
    output = (output + text).slice(-MAX_OUTPUT);
    const url = / is at (http:\S+)\n/.exec(output)?.[1];
    if (url !== undefined) listening.resolve(url);
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  let isAlive = true;
  const exited = once(child, 'close').then(([code, signal]) => {
    isAlive = false;
    listening.resolve(undefined);
    return { code: code as number | null, signal: signal as NodeJS.Signals | null };
  });
  return {
    listening: listening.promise,
    exited,
    get isAlive() {
      return isAlive;
    },
    output: () => output,
    end: () => void child.kill('SIGTERM'),
    async kill() {
      const children = child.pid === undefined ? [] : await childrenOf(child.pid);
      child.kill('SIGKILL');
      await exited;
      return children;
    },
  };
}

/** Empty where the system does not tell. */
async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.trim().split(' ').filter(Boolean).map(Number);
}
