import { createChat } from '@pilotlight/chat';
import type { Clock } from '@pilotlight/contract';
import { openStorage } from '@pilotlight/storage';
import type { GuardedStorage, WriteGuard } from '@pilotlight/storage';
import { systemClock } from '@pilotlight/test-kit';

import { breakConnections, listen } from '../adapters/listen.ts';
import { systemRandomness } from '../adapters/system-randomness.ts';
import { allowedHosts } from '../http/allowed-hosts.ts';
import { createApp } from '../http/create-app.ts';
import type { Route } from '../http/define-route.ts';
import type { Services } from '../http/services.ts';
import { createSessions } from '../http/sessions.ts';
import type { LogEventName, LogLine } from '../log/log-events.ts';
import { createPages } from '../page/adapters/serve-pages.ts';
import { createPdfReader } from '../pdf/adapters/read-pdf.ts';
import { referenceRoutes } from '../routes/reference/reference-routes.ts';
import { ROUTES } from '../routes/route-table.ts';
import { createKeptPreferences } from '../preferences/kept-preferences.ts';
import { createScriptedPreferences } from './scripted-preferences.ts';
import { createScriptedGateway } from './scripted-gateway.ts';
import type { ScriptedGateway } from './scripted-gateway.ts';

export interface TestServerOptions {
  readonly clock?: Clock;
  readonly token?: string;
  readonly holdText?: boolean;
  readonly allowedHosts?: readonly string[];
  /** The folder of a built page. */
  readonly pageFolder?: string;
  /** Beside those of the table. */
  readonly routes?: readonly Route[];
  readonly gateway?: ScriptedGateway;
  /** In place of a store in memory that can always be written. */
  readonly storage?: GuardedStorage;
}

export interface TestServer extends AsyncDisposable {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly gateway: ScriptedGateway;
  readonly services: Services;
  readonly lines: readonly (LogLine & { readonly name: LogEventName })[];
  /** As the server's own shutdown does it first. */
  stop(): void;
}

const ALWAYS_WRITABLE: WriteGuard = {
  state: () => ({ state: 'writable', since: '2026-01-01T00:00:00.000Z' }),
  subscribe: () => ({ [Symbol.dispose]: () => {} }),
};

/** The whole HTTP side on a real socket, over the real chat with a store in memory and a gateway whose moves the test decides. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const clock = options.clock ?? systemClock;
  const gateway = options.gateway ?? createScriptedGateway();
  const storage = options.storage ?? (await openStorage({ location: { memory: true }, clock }));
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  const memory = await openStorage({ location: { memory: true }, clock });
  const chat = createChat({
    gateway,
    store: storage.chats,
    temporaryStore: memory.chats,
    readPdf: createPdfReader(),
    clock: systemClock,
    randomness: systemRandomness,
    log: quiet,
  });
  const lines: (LogLine & { name: LogEventName })[] = [];
  const stopping = new AbortController();
  let port = 0;
  const services: Services = {
    gateway,
    chat,
    preferences: createKeptPreferences({
      preferences: createScriptedPreferences(gateway.models().models.map(({ name }) => name)),
      store: storage.kept,
    }),
    writes: options.storage?.writes ?? ALWAYS_WRITABLE,
    clock,
    randomness: systemRandomness,
    state: { version: '0.1.0', startedAtMs: 0, isStarted: () => true, reasonNotReady: () => undefined, stopping: stopping.signal },
    sessions: createSessions(options.token, { clock, randomness: systemRandomness }),
    holdText: options.holdText ?? false,
  };
  const app = createApp({
    routes: [...ROUTES, ...referenceRoutes(ROUTES, '0.1.0'), ...(options.routes ?? [])],
    services,
    pages: createPages(options.pageFolder ?? '/nowhere'),
    allowedHosts: () => allowedHosts({ host: '127.0.0.1', port, allowedHosts: options.allowedHosts ?? [], interfaceAddresses: [] }),
    log: (name, line) => void lines.push({ name, ...line }),
  });
  await app.fastify.ready();
  port = await listen(app.server, '127.0.0.1', 0);
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    port,
    gateway,
    services,
    lines,
    stop: () => stopping.abort(),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await chat[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
      await memory[Symbol.asyncDispose]();
      breakConnections(app.server);
      await app.fastify.close();
    },
  };
}
