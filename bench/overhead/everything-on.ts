import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

import { startFakeEngine, startPostgres } from '@pilotlight/test-kit';

import type { ServerSetup } from './server-process.ts';

/** What the server is started with, and what its clients send, where everything that costs something is switched on. */
export interface EverythingOn extends AsyncDisposable {
  readonly setup: ServerSetup;
  readonly token: string;
  /** The task that is asked for in place of a model. */
  readonly task: string;
}

export interface EverythingOptions {
  readonly engineUrl: string;
  readonly model: string;
  /** In place of a file. */
  readonly usesPostgres: boolean;
}

const TOKEN = 'bench-overhead-token-of-its-own';
const KEY = 'bench-overhead-key';
const TASK = 'bench';

/**
 * Beside the engine that answers: one that is away, one that takes connections and says nothing, and a server with a key of its own that has the same model.
 * A token, a log with its content, a route whose first model is nowhere, a budget for memory, defaults of the model. Titles are off: they would ask the engine
 * for more answers than those that are measured.
 */
export async function startEverythingOn({ engineUrl, model, usesPostgres }: EverythingOptions): Promise<EverythingOn> {
  await using opening = new AsyncDisposableStack();
  const spare = opening.use(await startFakeEngine({ models: [{ name: model }], openai: 'llama-server', apiKey: KEY }));
  const silent = opening.use(await listenInSilence());
  const postgres = usesPostgres ? opening.use(await startPostgres({ isDurable: true })) : undefined;
  const owned = opening.move();
  return {
    token: TOKEN,
    task: TASK,
    setup: {
      environment: {
        OLLAMA_HOST: [engineUrl, `http://127.0.0.1:${await closedPort()}`, `http://127.0.0.1:${silent.port}`].join(','),
        OLLAMA_NUM_PARALLEL: '256',
        PILOTLIGHT_SERVERS: `spare=${spare.url}/v1`,
        PILOTLIGHT_SERVER_KEYS: `spare=${KEY}`,
        PILOTLIGHT_TOKEN: TOKEN,
        MEMORY_BUDGET: '8GB',
        PILOTLIGHT_CONTEXT: 'summarise',
        LOG_LEVEL: 'info',
        LOG_CONTENT: 'true',
        ...(postgres && { DATABASE_URL: postgres.url() }),
      },
      settingsFile: [
        'tasks:',
        `  ${TASK}: { models: ["nowhere:latest", "${model}"], fallback: "pilot:latest" }`,
        'model_defaults:',
        `  "${model}": { options: { temperature: 0.3, top_p: 0.9, stop: ["END"] } }`,
        '',
      ].join('\n'),
      logsToFile: true,
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface SilentServer extends AsyncDisposable {
  readonly port: number;
}

/** Takes connections and requests, and answers none. */
async function listenInSilence(): Promise<SilentServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.resume();
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      for (const socket of sockets) socket.destroy();
      await closed.promise;
    },
  };
}

/** Where nobody listens. */
async function closedPort(): Promise<number> {
  await using server = await listenInSilence();
  return server.port;
}
