import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createChat } from '@pilotlight/chat';
import type { Chat, Engine, Gateway, Machine, ModelStore, Network } from '@pilotlight/contract';
import { createLlamaCppEngine, createNodeDisk, createNodeMachine, createNodeProcesses } from '@pilotlight/engine-llama-cpp';
import { createGateway } from '@pilotlight/gateway';
import type { GatewaySettings, RunningGateway } from '@pilotlight/gateway';
import { createUndiciNetwork } from '@pilotlight/engine-http/network';
import { createOllamaEngine } from '@pilotlight/engine-ollama';
import { createOpenaiEngine } from '@pilotlight/engine-openai';
import type { Settings } from '@pilotlight/settings';
import { DATABASE_FILE, guardStorage, openStorage, readFreeSpace } from '@pilotlight/storage';
import type { GuardedStorage, Storage } from '@pilotlight/storage';

import { modelFolders } from './adapters/model-folders.ts';
import { createPdfReader } from './pdf/adapters/read-pdf.ts';
import { systemClock } from './adapters/system-clock.ts';
import { systemRandomness } from './adapters/system-randomness.ts';
import { toChatLog } from './log/chat-log.ts';
import { logContent } from './log/content-log.ts';
import { toGatewayLog } from './log/gateway-log.ts';
import type { WriteLog } from './log/log-events.ts';
import { ollamaNames, toOllamaId, toServerId } from './start/engine-names.ts';
import { toModelSettings } from './start/model-settings.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PILOT = 'pilot:latest';

/** Where the built page lies. */
export const PAGE_FOLDER = join(ROOT, 'apps', 'web', 'dist');

/** The gateway over the engines of the settings. Looks at them in the background. Disposing ends the engines, and then the sockets to their servers. */
export function openGateway(settings: Settings, log: WriteLog, store?: ModelStore): RunningGateway {
  const machine = createNodeMachine();
  const owned = new AsyncDisposableStack();
  const network = owned.use(createUndiciNetwork());
  const gateway = owned.use(
    createGateway({
      engines: inOrder(
        [createBuiltInEngine(settings, machine), ...createOllamaEngines(settings, network), ...createOpenaiEngines(settings, network)],
        settings.engineOrder,
      ),
      clock: systemClock,
      randomness: systemRandomness,
      machine,
      settings: toGatewaySettings(settings),
      log: toGatewayLog(log),
      ...(store && { store }),
    }),
  );
  let ending: Promise<void> | undefined;
  return { ...gateway, [Symbol.asyncDispose]: () => (ending ??= owned.disposeAsync()) };
}

export interface OpenedChat extends AsyncDisposable {
  readonly chat: Chat;
}

/** Opens the database, which this process then has alone. Rejects with the `Problem` if it cannot be used. */
export async function openDatabase({ dataFolder, databaseUrl }: Settings): Promise<GuardedStorage> {
  if (databaseUrl !== undefined) {
    const storage = await openStorage({ location: { url: databaseUrl }, clock: systemClock });
    const where = 'It is kept in the Postgres database that DATABASE_URL names.';
    return guardStorage({ storage, folder: dataFolder, where, freeSpace: () => Promise.resolve(undefined), clock: systemClock });
  }
  const storage = await openStorage({ location: { file: join(dataFolder, DATABASE_FILE) }, clock: systemClock });
  return guardStorage({ storage, folder: dataFolder, freeSpace: () => readFreeSpace(dataFolder), clock: systemClock });
}

interface ChatParts {
  readonly settings: Settings;
  /** Closed with the chat, also with one that cannot be opened. */
  readonly storage: Storage;
  readonly gateway: Gateway;
  readonly log: WriteLog;
}

/** Opens the chat over its database. Disposing ends what runs, stores its end, and closes the database. */
export async function openChat({ settings, storage, gateway, log }: ChatParts): Promise<OpenedChat> {
  await using opening = new AsyncDisposableStack();
  opening.use(storage);
  // What is to be temporary never reaches a disk.
  const memory = opening.use(await openStorage({ location: { memory: true }, clock: systemClock }));
  const chat = createChat({
    gateway,
    store: storage.chats,
    temporaryStore: memory.chats,
    readPdf: createPdfReader(),
    clock: systemClock,
    randomness: systemRandomness,
    log: toChatLog(log),
    settings: {
      undoMs: settings.undoSeconds * 1000,
      contextPolicy: settings.contextPolicy,
      improvesTitles: settings.improvesTitles,
      // What it writes is worse than the first words.
      modelsWithoutTitles: [PILOT],
    },
  });
  opening.use(chat);
  const logged = settings.logContent ? logContent(chat, log) : chat;
  const owned = opening.move();
  return { chat: logged, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function createBuiltInEngine(settings: Settings, machine: Machine): Engine {
  return createLlamaCppEngine({
    processes: createNodeProcesses(),
    disk: createNodeDisk(),
    clock: systemClock,
    randomness: systemRandomness,
    machine,
    folders: modelFolders(settings).map(({ path }) => path),
    builtIn: { name: PILOT, path: join(ROOT, 'models', 'pilot', 'pilot.gguf'), sampling: { temperature: 0 } },
  });
}

/** One engine for each server. */
function createOllamaEngines(settings: Settings, network: Network): Engine[] {
  const names = ollamaNames(settings);
  const keepAlive = settings.origins.keepAliveMs.kind === 'default' ? undefined : toOllamaKeepAlive(settings.keepAliveMs);
  return settings.ollamaHosts.map((address, index) =>
    createOllamaEngine({
      id: names[index] ?? toOllamaId(address),
      address,
      network,
      clock: systemClock,
      keepAlive,
      slots: settings.ollamaParallel,
    }),
  );
}

/** Those that are named first, in that order; then the others as they are. */
export function inOrder<E extends { readonly id: string }>(engines: readonly E[], names: readonly string[]): readonly E[] {
  const place = ({ id }: E): number => (names.includes(id) ? names.indexOf(id) : names.length);
  return engines.toSorted((a, b) => place(a) - place(b));
}

/** One engine for each server, by the name that its owner gave it. Each gets its own key and no other. */
function createOpenaiEngines({ servers, serverKeys, serverSlots }: Settings, network: Network): Engine[] {
  return Object.entries(servers).map(([name, address]) =>
    createOpenaiEngine({
      id: toServerId(name, address),
      address,
      apiKey: Object.hasOwn(serverKeys, name) ? serverKeys[name] : undefined,
      network,
      clock: systemClock,
      slots: serverSlots,
    }),
  );
}

function toOllamaKeepAlive(ms: number): string | number {
  return Number.isFinite(ms) ? `${Math.round(ms)}ms` : -1;
}

function toGatewaySettings(settings: Settings): GatewaySettings {
  const routes = Object.entries(settings.tasks).map(([task, { models, fallback }]) => [
    task,
    fallback === undefined ? { models } : { models, fallback: [fallback] },
  ]);
  const { profiles, modelOptions } = toModelSettings(settings);
  return {
    profiles,
    modelOptions,
    defaultModel: settings.ollamaModel,
    defaultModelIsChosen: settings.origins.ollamaModel.kind !== 'default',
    routes: Object.fromEntries(routes) as NonNullable<GatewaySettings['routes']>,
    loadStallMs: settings.ollamaTimeoutMs,
    keepAliveMs: settings.keepAliveMs,
    maxAttempts: settings.modelRetries,
    spillAfterMs: settings.spillAfterMs,
    ...(settings.totalTimeoutMs !== undefined && { totalTimeoutMs: settings.totalTimeoutMs }),
    engineBudgets: settings.engineMemory,
    maxSwapWaitMs: settings.maxWaitMs,
    minResidencyMs: settings.maxWaitMs,
    ...(settings.memoryBudgetBytes !== undefined && { memoryBudgetBytes: settings.memoryBudgetBytes }),
    warmAtStart: true,
  };
}
