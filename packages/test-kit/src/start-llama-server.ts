import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

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
}

/** Starts it on the loopback interface with two slots, and waits until the model is in memory. */
export async function startLlamaServer({ binary, modelPath, port: wanted }: LlamaServerOptions): Promise<LlamaServer> {
  const port = wanted ?? (await findFreePort());
  const args = ['-m', modelPath, '-c', '2048', '-np', '2', '-t', '1', '--host', '127.0.0.1', '--port', String(port)];
  const child = spawn(binary, args, { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const isReady = async (): Promise<boolean> => (await fetch(`${url}/health`).catch(() => undefined))?.ok === true;
  while (!(await isReady()))
    if (child.exitCode !== null) throw new Error(`${binary} ended with code ${child.exitCode} before it was ready`);
  async function kill(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await exited;
  }
  return { url, port, kill, [Symbol.asyncDispose]: kill };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
