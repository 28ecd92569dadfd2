import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const START_LIMIT_MS = 120_000;

/** A real llama-server as a process of its own. */
export interface LlamaServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** With -9; resolves when it is gone. */
  kill(): Promise<void>;
}

export interface LlamaServerOptions {
  /** The path of the program. */
  readonly binary: string;
  readonly modelPath: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Tokens of each slot. Default 1024. */
  readonly contextLength?: number;
  /** How many answers it writes at once. Default 2. */
  readonly slots?: number;
  /** Default 1. */
  readonly threads?: number;
}

/** Starts it on the loopback interface, and waits until the model is in memory. */
export async function startLlamaServer(options: LlamaServerOptions): Promise<LlamaServer> {
  const { binary, modelPath, contextLength = 1024, slots = 2, threads = 1 } = options;
  const port = options.port ?? (await findFreePort());
  const sizes = ['-c', String(contextLength * slots), '-np', String(slots), '-t', String(threads)];
  const args = ['-m', modelPath, ...sizes, '--jinja', '--host', '127.0.0.1', '--port', String(port)];
  const child = spawn(binary, args, { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  async function kill(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  }
  try {
    await untilReady(url, () => child.exitCode ?? child.signalCode);
  } catch (error) {
    await kill();
    throw error;
  }
  return { url, port, kill, [Symbol.asyncDispose]: kill };
}

async function untilReady(url: string, ended: () => number | string | null): Promise<void> {
  const giveUpMs = performance.now() + START_LIMIT_MS;
  while ((await fetch(`${url}/health`).catch(() => undefined))?.ok !== true) {
    if (ended() !== null) throw new Error(`llama-server ended (${ended()}) before it was ready`);
    if (performance.now() > giveUpMs) throw new Error(`llama-server was not ready within ${START_LIMIT_MS / 1000} s`);
    await wait(100);
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
