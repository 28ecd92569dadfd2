import type { Chat, StorageView } from '@pilotlight/contract';
import { Problem } from '@pilotlight/contract';
import type { RunningGateway } from '@pilotlight/gateway';
import type { Settings } from '@pilotlight/settings';
import { hasDatabase, makeFolder } from '@pilotlight/storage';
import type { GuardedStorage, WriteGuard } from '@pilotlight/storage';

import { interfaceAddresses } from '../adapters/interface-addresses.ts';
import { listen, tryListening } from '../adapters/listen.ts';
import { modelFolders } from '../adapters/model-folders.ts';
import type { ModelFolder } from '../adapters/model-folders.ts';
import { findPortOwner } from '../adapters/port-owner.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { systemRandomness } from '../adapters/system-randomness.ts';
import { allowedHosts } from '../http/allowed-hosts.ts';
import { createApp } from '../http/create-app.ts';
import type { ServerState, Services } from '../http/services.ts';
import { createSessions } from '../http/sessions.ts';
import type { WriteLog } from '../log/log-events.ts';
import { createKeptPreferences, restorePreferences } from '../preferences/kept-preferences.ts';
import type { KeptPreferences } from '../preferences/kept-preferences.ts';
import { createPages } from '../page/adapters/serve-pages.ts';
import { referenceRoutes } from '../routes/reference/reference-routes.ts';
import { ROUTES } from '../routes/route-table.ts';
import { openChat, openDatabase, openGateway, PAGE_FOLDER } from '../wiring.ts';
import type { OpenedChat } from '../wiring.ts';
import { closeServer } from './close-server.ts';
import { createLateChat } from './late-chat.ts';
import { toDatabaseFailure, toFolderFailure, toListenFailure, toStartFailure } from './words.ts';

export interface StartOptions {
  readonly settings: Settings;
  readonly version: string;
  readonly log: WriteLog;
}

export interface RunningServer {
  /** To be opened in a browser: `http://127.0.0.1:8000`. */
  readonly url: string;
  readonly gateway: RunningGateway;
  /** Where the built-in engine looked for models when the server started. */
  readonly modelFolders: readonly ModelFolder[];
  /** Resolves when former answers are closed and each engine has been looked at once. Rejects if the store fails. */
  readonly started: Promise<void>;
  /** Ends everything in order: no new connections, running answers ended and stored, engines freed. Idempotent; never rejects. */
  close(reason: string): Promise<void>;
}

/** The server could not start; the message is for the person who started it. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
}

/** How far the start has come, while requests already come in. */
interface Progress {
  /** The port that is listened at; the one asked for until then. */
  port: number;
  /** The chat with what a former process left open closed. */
  chat: Chat | undefined;
  isStarted: boolean;
}

/**
 * Takes the port and the data folder first, and begins with the rest only when this process has both: a start that cannot be leaves nothing behind and
 * throws `StartFailure`. Then the page is there, while what a former process left open is closed and the engines are looked at.
 */
export async function startServer({ settings, version, log }: StartOptions): Promise<RunningServer> {
  await checkPort(settings);
  return runServer({ settings, version, log }, await takeDataFolder(settings));
}

/** The port is taken again for good when there is something to serve at it. */
async function checkPort(settings: Settings): Promise<void> {
  try {
    await tryListening(settings.host, settings.port);
  } catch (error) {
    throw await toPortFailure(error, settings);
  }
}

async function takeDataFolder(settings: Settings): Promise<GuardedStorage> {
  try {
    makeFolder(settings.dataFolder);
  } catch (error) {
    // What is stored there can perhaps be read; over Postgres nothing is stored there.
    const isNeeded = settings.databaseUrl === undefined && !hasDatabase(settings.dataFolder);
    if (isNeeded) throw new StartFailure(toFolderFailure(error, settings.dataFolder), { cause: error });
  }
  try {
    return await openDatabase(settings);
  } catch (error) {
    const words = settings.databaseUrl === undefined ? toStartFailure(error) : toDatabaseFailure(error);
    throw new StartFailure(words, { cause: error });
  }
}

async function runServer({ settings, version, log }: StartOptions, storage: GuardedStorage): Promise<RunningServer> {
  const stopping = new AbortController();
  const progress: Progress = { port: settings.port, chat: undefined, isStarted: false };
  const gateway = openGateway(settings, log, storage.models);
  const kept = { preferences: gateway.preferences, store: storage.kept };
  await restorePreferences(kept, log);
  const opening = Promise.withResolvers<OpenedChat>();
  const { writes } = storage;
  const recovered = opening.promise.then(({ chat }) => recover({ chat, writes, progress, log }));
  const services = createServices({
    settings,
    version,
    gateway,
    preferences: createKeptPreferences(kept),
    progress,
    writes,
    recovered,
    stopping: stopping.signal,
  });
  logWrites(writes, log);
  const routes = [...ROUTES, ...referenceRoutes(ROUTES, version)];
  const app = createApp({ routes, services, pages: createPages(PAGE_FOLDER), allowedHosts: hostsOf(settings, progress), log });
  try {
    await app.fastify.ready();
    progress.port = await listen(app.server, settings.host, settings.port);
  } catch (error) {
    recovered.catch(() => {});
    opening.reject(error);
    await gateway[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
    throw await toPortFailure(error, settings);
  }
  const url = `http://${toUrlHost(settings.host)}:${progress.port}`;
  log('server_listening', { facts: { address: url } });
  const folders = modelFolders(settings);
  for (const { path, isThere, isNamed } of folders) if (isNamed && !isThere) log('model_folder_missing', { facts: { path } });
  openChat({ settings, storage, gateway, log }).then(opening.resolve, opening.reject);
  const started = finishStart({ recovered, gateway, progress, log });
  let closed: Promise<void> | undefined;
  return {
    url,
    gateway,
    modelFolders: folders,
    started,
    close: (reason) =>
      (closed ??= closeServer({
        server: app.server,
        endApp: () => app.fastify.close(),
        opening: opening.promise,
        recovered,
        gateway,
        stopping,
        log,
        reason,
      })),
  };
}

async function toPortFailure(error: unknown, { host, port }: Settings): Promise<StartFailure> {
  const owner = isTaken(error) ? await findPortOwner(port) : undefined;
  return new StartFailure(toListenFailure(error, { host, port, owner }), { cause: error });
}

interface Recovering {
  readonly chat: Chat;
  readonly writes: WriteGuard;
  readonly progress: Progress;
  readonly log: WriteLog;
}

/** A store that cannot be written now keeps nobody from reading it: what is open in it is closed as soon as it can be. */
async function recover(recovering: Recovering): Promise<Chat> {
  const { chat, writes, progress, log } = recovering;
  try {
    const count = await chat.recover();
    if (count > 0) log('generations_recovered', { facts: { count } });
  } catch (error) {
    if (writes.state().state === 'writable') throw error;
    const subscription = writes.subscribe(({ state }) => {
      if (state !== 'writable') return;
      subscription[Symbol.dispose]();
      recover(recovering).catch((cause: unknown) => log('fault', { facts: { doing: 'former answers were closed' }, cause }));
    });
  }
  progress.chat = chat;
  return chat;
}

function logWrites(writes: WriteGuard, log: WriteLog): void {
  let last: StorageView['state'] = 'writable';
  const note = (view: StorageView): void => {
    if (view.state === last) return;
    last = view.state;
    if (view.state === 'writable') log('storage_writable');
    else log('storage_read_only', { facts: { code: view.code, reason: view.reason } });
  };
  note(writes.state());
  writes.subscribe(note);
}

interface Finishing {
  readonly recovered: Promise<Chat>;
  readonly gateway: RunningGateway;
  readonly progress: Progress;
  readonly log: WriteLog;
}

async function finishStart({ recovered, gateway, progress, log }: Finishing): Promise<void> {
  await recovered;
  await gateway.started;
  progress.isStarted = true;
  const { engines } = gateway.models();
  log('server_started', { facts: { reachable: engines.filter((engine) => engine.reachable).length, engines: engines.length } });
}

interface ServiceParts {
  readonly settings: Settings;
  readonly version: string;
  readonly gateway: RunningGateway;
  readonly preferences: KeptPreferences;
  readonly progress: Progress;
  readonly writes: WriteGuard;
  readonly recovered: Promise<Chat>;
  readonly stopping: AbortSignal;
}

function createServices({ settings, version, gateway, preferences, progress, writes, recovered, stopping }: ServiceParts): Services {
  const lateChat = createLateChat({ opened: recovered, modelsKnown: gateway.started });
  const state: ServerState = {
    version,
    startedAtMs: systemClock.monotonic(),
    isStarted: () => progress.isStarted,
    reasonNotReady() {
      if (stopping.aborted) return 'The server is shutting down.';
      return progress.chat === undefined ? 'The store is being opened.' : undefined;
    },
    stopping,
  };
  return {
    gateway,
    preferences,
    get chat() {
      if (stopping.aborted) throw new Problem('shutting_down', 'The server is ending its answers and takes no new ones.');
      return progress.isStarted && progress.chat ? progress.chat : lateChat;
    },
    writes,
    clock: systemClock,
    randomness: systemRandomness,
    state,
    sessions: createSessions(settings.token, { clock: systemClock, randomness: systemRandomness }),
    holdText: !settings.ollamaStream,
  };
}

function hostsOf(settings: Settings, progress: Progress): () => ReadonlySet<string> {
  let known: { readonly port: number; readonly hosts: ReadonlySet<string> } | undefined;
  return () => {
    if (known?.port !== progress.port) {
      const listening = {
        host: settings.host,
        port: progress.port,
        allowedHosts: settings.allowedHosts,
        interfaceAddresses: interfaceAddresses(),
      };
      known = { port: progress.port, hosts: allowedHosts(listening) };
    }
    return known.hosts;
  };
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

/** A server that listens everywhere is opened at this machine's own address. */
function toUrlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
