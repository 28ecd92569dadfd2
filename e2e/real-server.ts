import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const MAIN = path.resolve(import.meta.dirname, '../apps/server/src/main.ts');
const START_LIMIT_MS = 90_000;

export interface RealServer extends AsyncDisposable {
  readonly url: string;
  /** Of the server; the models run in processes that it has started. */
  readonly pid: number;
  /** Ends the process at once, with nothing tidied up. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and data. */
  restart(): Promise<void>;
}

/** The product itself: its own process, its own port, its own data in `folder`, the model that ships with it, and no Ollama unless `environment` names one. */
export async function startRealServer(folder: string, environment: Readonly<Record<string, string>> = {}): Promise<RealServer> {
  const port = await findFreePort();
  const url = `http://127.0.0.1:${port}`;
  const settings = {
    PILOTLIGHT_PORT: String(port),
    PILOTLIGHT_DATA: folder,
    PILOTLIGHT_MODELS: '',
    // A port where nothing can listen, so that no Ollama of this machine takes part.
    OLLAMA_HOST: '127.0.0.1:1',
    LOG_LEVEL: 'warn',
    // Asks of its own would mix with those of the test.
    PILOTLIGHT_TITLES: 'false',
    ...environment,
  };
  let child = await start(url, settings);
  return {
    url,
    get pid() {
      return child.pid ?? 0;
    },
    async kill() {
      await end(child, 'SIGKILL');
    },
    async restart() {
      child = await start(url, settings);
    },
    [Symbol.asyncDispose]: () => end(child, 'SIGTERM'),
  };
}

async function start(url: string, settings: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN], { env: { ...process.env, ...settings }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const deadline = performance.now() + START_LIMIT_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.ok === true) return child;
    await wait(50);
  }
  child.kill('SIGKILL');
  throw new Error(`The server did not get ready. What it said:\n${output}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

async function findFreePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
