import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const START_LIMIT_MS = 100_000;
const END_LIMIT_MS = 30_000;

export interface Product extends AsyncDisposable {
  /** Where it serves, without a trailing slash. */
  readonly url: string;
  /** What was started: npm, which starts the rest. */
  readonly process: ChildProcess;
  readonly dataFolder: string;
  /** All that it has printed so far. */
  readonly output: () => string;
  /** Resolves with the exit code when it has ended. */
  readonly ended: Promise<number | null>;
}

export interface StartOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Kept after the end, for a second start; by default a fresh one that goes with the product. */
  readonly dataFolder?: string;
}

/** Starts the product as a person does, with `npm start`, on a free port and with data of its own, and waits until it says its address. */
export async function startProduct(options: StartOptions = {}): Promise<Product> {
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'pilotlight-data-'));
  const child = spawn('npm', ['start'], {
    cwd: root,
    env: { ...withoutSettings(process.env), PILOTLIGHT_PORT: '0', PILOTLIGHT_DATA: dataFolder, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that nothing of it outlives a test that fails.
    detached: true,
  });
  let output = '';
  const address = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const [, url] = /is at (http:\/\/\S+)/.exec(output) ?? [];
      if (url !== undefined) address.resolve(url);
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  void ended.then((code) => address.reject(new Error(`it ended with ${code} before it said its address:\n${output}`)));
  const limit = setTimeout(
    () => address.reject(new Error(`it said no address within ${START_LIMIT_MS / 1_000} s:\n${output}`)),
    START_LIMIT_MS,
  );
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const kill = setTimeout(() => killGroup(child), END_LIMIT_MS);
    await ended;
    clearTimeout(kill);
    if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true });
  };
  try {
    const url = await address.promise;
    return { url, process: child, dataFolder, output: () => output, ended, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    clearTimeout(limit);
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}

/** The settings of whoever runs the tests are not those of the tests. */
function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isSetting = /^(PILOTLIGHT_|OLLAMA_|LOG_|MODEL_RETRIES$)/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isSetting.test(name)));
}
