import type { Chat } from '@pilotlight/contract';
import { Problem, sleep } from '@pilotlight/contract';
import type { RunningGateway } from '@pilotlight/gateway';
import type { Settings } from '@pilotlight/settings';

import { interfaceAddresses } from '../adapters/interface-addresses.ts';
import { breakConnections, listen, stopAccepting } from '../adapters/listen.ts';
import { findPortOwner } from '../adapters/port-owner.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { systemRandomness } from '../adapters/system-randomness.ts';
import { allowedHosts } from '../http/allowed-hosts.ts';
import { createApp } from '../http/create-app.ts';
import type { App } from '../http/create-app.ts';
import type { ServerState, Services } from '../http/services.ts';
import { createSessions } from '../http/sessions.ts';
import type { WriteLog } from '../log/log-events.ts';
import { createPages } from '../page/adapters/serve-pages.ts';
import { referenceRoutes } from '../routes/reference/reference-routes.ts';
import { ROUTES } from '../routes/route-table.ts';
import { openChat, openGateway, PAGE_FOLDER } from '../wiring.ts';
import type { OpenedChat } from '../wiring.ts';
import { toListenFailure } from './words.ts';

export interface StartOptions {
  readonly settings: Settings;
  readonly version: string;
  readonly log: WriteLog;
}

export interface RunningServer {
  /** To be opened in a browser: `http://127.0.0.1:8000`. */
  readonly url: string;
  readonly gateway: RunningGateway;
  /** Resolves when former answers are closed and each engine has been looked at once. Rejects if the store cannot be opened. */
  readonly started: Promise<void>;
  /** Ends everything in order: no new connections, running answers ended and stored, engines freed. Idempotent. */
  close(reason: string): Promise<void>;
}

/** The server could not start; the message is for the person who started it. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

/** What opens one after the other while requests already come in. */
interface Parts {
  opened: OpenedChat | undefined;
  isStarted: boolean;
  port: number;
}

/**
 * Listens first, so that the page is there at once and a second server on the same data never gets as far as the database; then opens the store, closes
 * what a former process left open, and looks at the engines. Throws `StartFailure` if it cannot listen.
 */
export async function startServer({ settings, version, log }: StartOptions): Promise<RunningServer> {
  const stopping = new AbortController();
  const parts: Parts = { opened: undefined, isStarted: false, port: settings.port };
  const gateway = openGateway(settings, log);
  const hosts = hostsOf(settings, parts);
  const services = createServices({ settings, version, gateway, parts, stopping: stopping.signal });
  const routes = [...ROUTES, ...referenceRoutes(ROUTES, version)];
  const app = createApp({ routes, services, pages: createPages(PAGE_FOLDER), allowedHosts: hosts, log });
  try {
    await app.fastify.ready();
    parts.port = await listen(app.server, settings.host, settings.port);
  } catch (error) {
    await gateway[Symbol.asyncDispose]();
    const owner = isTaken(error) ? await findPortOwner(settings.port) : undefined;
    throw new StartFailure(toListenFailure(error, { host: settings.host, port: settings.port, owner }), { cause: error });
  }
  const url = `http://${toUrlHost(settings.host)}:${parts.port}`;
  log('server_listening', { facts: { address: url } });
  const started = open({ settings, gateway, parts, log, stopping: stopping.signal });
  let closed: Promise<void> | undefined;
  return {
    url,
    gateway,
    started,
    close: (reason) => (closed ??= close({ app, parts, gateway, started, stopping, log, reason })),
  };
}

interface Opening {
  readonly settings: Settings;
  readonly gateway: RunningGateway;
  readonly parts: Parts;
  readonly log: WriteLog;
  readonly stopping: AbortSignal;
}

async function open({ settings, gateway, parts, log, stopping }: Opening): Promise<void> {
  const opened = await openChat(settings, gateway, log);
  parts.opened = opened;
  if (stopping.aborted) return;
  const count = await opened.chat.recover();
  if (count > 0) log('generations_recovered', { facts: { count } });
  await gateway.started;
  parts.isStarted = true;
  const { engines } = gateway.models();
  log('server_started', { facts: { reachable: engines.filter((engine) => engine.reachable).length, engines: engines.length } });
}

interface ServiceParts {
  readonly settings: Settings;
  readonly version: string;
  readonly gateway: RunningGateway;
  readonly parts: Parts;
  readonly stopping: AbortSignal;
}

function createServices({ settings, version, gateway, parts, stopping }: ServiceParts): Services {
  const state: ServerState = {
    version,
    startedAtMs: systemClock.monotonic(),
    isStarted: () => parts.isStarted,
    reasonNotReady() {
      if (stopping.aborted) return 'The server is shutting down.';
      return parts.opened === undefined ? 'The store is being opened.' : undefined;
    },
    stopping,
  };
  return {
    gateway,
    get chat(): Chat {
      if (stopping.aborted) throw new Problem('shutting_down', 'The server is ending its answers and takes no new ones.');
      if (parts.opened === undefined)
        throw new Problem('storage_unavailable', 'The server has just started; its store is not open yet.', { retryAfterSeconds: 1 });
      return parts.opened.chat;
    },
    clock: systemClock,
    randomness: systemRandomness,
    state,
    sessions: createSessions(settings.token, { clock: systemClock, randomness: systemRandomness }),
    holdText: !settings.ollamaStream,
  };
}

function hostsOf(settings: Settings, parts: Parts): () => ReadonlySet<string> {
  let known: { readonly port: number; readonly hosts: ReadonlySet<string> } | undefined;
  return () => {
    if (known?.port !== parts.port) {
      const listening = {
        host: settings.host,
        port: parts.port,
        allowedHosts: settings.allowedHosts,
        interfaceAddresses: interfaceAddresses(),
      };
      known = { port: parts.port, hosts: allowedHosts(listening) };
    }
    return known.hosts;
  };
}

interface Closing {
  readonly app: App;
  readonly parts: Parts;
  readonly gateway: RunningGateway;
  readonly started: Promise<void>;
  readonly stopping: AbortController;
  readonly log: WriteLog;
  readonly reason: string;
}

/** So long readers may take to fetch the last part of their answer. */
const LAST_PARTS_MS = 500;

async function close({ app, parts, gateway, started, stopping, log, reason }: Closing): Promise<void> {
  log('server_stopping', { facts: { reason } });
  const drained = stopAccepting(app.server);
  stopping.abort();
  const readable = await Promise.race([started.then(() => true), Promise.resolve(parts.opened !== undefined)]);
  if (!readable) await started.catch(() => {});
  await parts.opened?.[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await Promise.race([drained, sleep(systemClock, LAST_PARTS_MS)]);
  breakConnections(app.server);
  await app.fastify.close();
  log('server_stopped');
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

/** A server that listens everywhere is opened at this machine's own address. */
function toUrlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
