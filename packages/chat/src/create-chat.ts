import { Problem } from '@pilotlight/contract';
import type { Chat, ChatEvent, Clock, Gateway, Randomness } from '@pilotlight/contract';

import { attachFile, keepFile, readAttachment, removeAttachment, sweep } from './attachments/attach-file.ts';
import type { ReadPdf } from './attachments/attach-file.ts';
import { toBeginning, toContinuation, toNewAnswer } from './begin-generation.ts';
import type { BeginOptions } from './begin-generation.ts';
import type { ChatLog } from './chat-log.ts';
import { DEFAULT_CHAT_SETTINGS } from './chat-settings.ts';
import type { ChatSettings } from './chat-settings.ts';
import type { ChatStore } from './chat-store.ts';
import { contextUsage } from './context/context-usage.ts';
import { createTokenScales } from './context/token-scales.ts';
import { createDeletions } from './deletions.ts';
import { change, readConversation, remove, rename, restore, select } from './edit-conversation.ts';
import { endFromStore } from './end-from-store.ts';
import { followLog } from './follow-log.ts';
import type { House } from './house.ts';
import { importConversations } from './import-conversations.ts';
import { createKnownSettings } from './known-settings.ts';
import { listConversations } from './list-conversations.ts';
import { createLogWriter } from './log-writer.ts';
import { addPreset, changePreset, importPresets, listPresets, removePreset } from './presets.ts';
import type { RunningGeneration } from './run-generation.ts';
import { search } from './search.ts';
import { createSplitStore } from './split-store.ts';
import { announce, shutDown, startAnswer } from './start-answer.ts';
import { createTitles } from './titles/improve-titles.ts';

export interface CreateChatOptions {
  readonly gateway: Gateway;
  readonly store: ChatStore;
  /** For temporary conversations: one that keeps nothing beyond this process. Absent: no conversation can be temporary. */
  readonly temporaryStore?: ChatStore | undefined;
  /** Absent: PDFs are refused. */
  readonly readPdf?: ReadPdf | undefined;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: ChatLog;
  readonly settings?: Partial<ChatSettings>;
}

/** The chat over a gateway and a store. Dispose it before the store is closed. */
export function createChat(options: CreateChatOptions): Chat {
  const house = openHouse(options);
  const { store, clock, settings } = house;
  const listeners = house.listeners;
  return {
    post: (question) => startAnswer(house, () => toBeginning(question, toBeginOptions(house)), question),
    regenerate: (request) => startAnswer(house, () => toNewAnswer(request, toBeginOptions(house)), { ...request, priority: 'interactive' }),
    continueAnswer: (request) =>
      startAnswer(house, () => toContinuation(request, toBeginOptions(house)), { ...request, priority: 'interactive' }),
    follow(generationId, from, signal) {
      const live = (): RunningGeneration['live'] | undefined => house.running.get(generationId)?.live;
      return followLog({ store, generationId, from, signal, live, pageCharacters: settings.pageCharacters });
    },
    stop: (generationId) => stop(house, generationId),
    list: (query) => listConversations(store, query),
    folders: async () => ({ folders: [...(await store.folders())] }),
    search: (query) => search(store, query),
    conversation: (id) => readConversation(house, id),
    rename: (id, title) => rename(house, id, title),
    change: (id, wish) => change(house, id, wish),
    select: (id, messageId) => select(house, id, messageId),
    importConversations: (value) =>
      importConversations(value, {
        store,
        nowMs: clock.now(),
        newId: () => options.randomness.id(),
        attach: (file) => keepFile(house, file),
        onAdded: (conversation) => house.emit({ type: 'conversation', conversation }),
        addPresets: (presets) => importPresets(house, presets),
      }),
    remove: (id) => remove(house, id),
    restore: (id) => restore(house, id),
    presets: () => listPresets(house),
    addPreset: (preset) => addPreset(house, preset),
    changePreset: (id, wish) => changePreset(house, id, wish),
    removePreset: (id) => removePreset(house, id),
    attach: (file) => attachFile(house, file),
    attachment: (id) => readAttachment(store, id),
    removeAttachment: (id) => removeAttachment(store, id),
    contextUsage: (request, signal) => contextUsage(request, { ...house, policy: settings.contextPolicy, signal }),
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    recover: () => recover(house),
    [Symbol.asyncDispose]: () => dispose(house),
  };
}

interface OpenHouse extends House {
  readonly listeners: Set<(event: ChatEvent) => void>;
}

function openHouse(options: CreateChatOptions): OpenHouse {
  const { clock, log, gateway, randomness } = options;
  const settings = { ...DEFAULT_CHAT_SETTINGS, ...options.settings };
  const { undoMs: graceMs, retryMs, maxRetryMs } = settings;
  const { store, of: settingsOf } = createKnownSettings(createSplitStore({ lasting: options.store, temporary: options.temporaryStore }));
  const listeners = new Set<(event: ChatEvent) => void>();
  const deletions = createDeletions({ store, clock, log, graceMs, retryMs, maxRetryMs });
  function emit(event: ChatEvent): void {
    for (const listener of listeners) tell(listener, event, log);
  }
  return {
    gateway,
    randomness,
    clock,
    log,
    settings,
    store,
    settingsOf,
    listeners,
    writer: createLogWriter({ store, clock, settings }),
    running: new Map(),
    beginnings: new Set(),
    readPdf: options.readPdf,
    scales: createTokenScales(),
    closing: new AbortController(),
    deletions,
    titles: createTitles({
      gateway,
      store,
      clock,
      randomness,
      log,
      isOn: settings.improvesTitles,
      excludedModels: settings.modelsWithoutTitles,
      onTitle: (record) => announce({ emit, deletions }, record),
    }),
    emit,
  };
}

/** A listener that fails must not fail the answer. */
function tell(listener: (event: ChatEvent) => void, event: ChatEvent, log: ChatLog): void {
  try {
    listener(event);
  } catch (error) {
    log.error({ err: error }, 'a listener of the chat failed');
  }
}

function toBeginOptions({ store, settingsOf, gateway, randomness, clock, closing, deletions }: House): BeginOptions {
  if (closing.signal.aborted) throw new Problem('shutting_down', 'Nothing was stored.');
  return { store, settingsOf, gateway, randomness, nowMs: clock.now(), deletions };
}

async function stop(house: House, generationId: string): Promise<void> {
  const generation = house.running.get(generationId);
  if (generation === undefined) {
    const page = await house.store.read({ generationId, from: 0, maxCharacters: 1 });
    if (page === undefined) throw new Problem('generation_not_found', `There is no generation ${generationId}.`, { field: 'id' });
    return;
  }
  generation.end('stopped');
  const problem = await generation.ended;
  if (problem !== undefined) throw problem;
}

async function recover(house: House): Promise<number> {
  const { store, running, clock, settings, log } = house;
  // First: what is deleted is not news when it is ended.
  await house.deletions.recover();
  await sweep(house);
  const problem = new Problem('interrupted', 'The server stopped while the answer was being written.');
  let count = 0;
  for (const generationId of await store.running()) {
    if (running.has(generationId)) continue;
    const { pageCharacters } = settings;
    const conversation = await endFromStore({ store, generationId, problem, pageCharacters, atMs: clock.now() });
    if (conversation === undefined) continue;
    count += 1;
    announce(house, conversation);
  }
  if (count > 0) log.warn({ count }, 'answers that a former process left unfinished are marked as interrupted');
  return count;
}

async function dispose({ running, closing, beginnings, deletions, titles }: House): Promise<void> {
  closing.abort(new DOMException('The chat is closed.', 'AbortError'));
  deletions[Symbol.dispose]();
  titles[Symbol.dispose]();
  await Promise.allSettled([...beginnings].map(({ accepted }) => accepted));
  const generations = [...running.values()];
  for (const generation of generations) generation.end(shutDown());
  await Promise.all([titles.idle, ...generations.map(({ ended }) => ended)]);
}
