import { Problem } from '@pilotlight/contract';
import type {
  Accepted,
  Chat,
  ChatEvent,
  Clock,
  ConversationSummary,
  ConversationView,
  Gateway,
  GenerateRequest,
  Randomness,
} from '@pilotlight/contract';

import { toAccepted, toBeginning, toNewAnswer } from './begin-generation.ts';
import type { ChatLog } from './chat-log.ts';
import { DEFAULT_CHAT_SETTINGS } from './chat-settings.ts';
import type { ChatSettings } from './chat-settings.ts';
import type { Beginning, BeginResult, ChatStore, ConversationRecord } from './chat-store.ts';
import { toContext, toLeaf } from './conversation-tree.ts';
import { endFromStore } from './end-from-store.ts';
import { followLog } from './follow-log.ts';
import { importConversations } from './import-conversations.ts';
import { fromCursor, toCursor } from './list-cursor.ts';
import { createLiveLog } from './live-log.ts';
import { createLogWriter, toStorageProblem } from './log-writer.ts';
import type { LogWriter } from './log-writer.ts';
import { unpackParts } from './pack-parts.ts';
import { runGeneration } from './run-generation.ts';
import type { RunningGeneration } from './run-generation.ts';
import { search } from './search.ts';
import { toSummary, toView } from './views.ts';

export interface CreateChatOptions {
  readonly gateway: Gateway;
  readonly store: ChatStore;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: ChatLog;
  readonly settings?: Partial<ChatSettings>;
}

/** What the operations of the chat work on. */
interface House extends Omit<CreateChatOptions, 'settings'> {
  readonly settings: ChatSettings;
  readonly writer: LogWriter;
  readonly running: Map<string, RunningGeneration>;
  /** Requests that are being stored. */
  readonly beginnings: Set<Promise<unknown>>;
  readonly closing: AbortController;
  readonly emit: (event: ChatEvent) => void;
}

const MAX_TITLE_LENGTH = 200;
const MAX_LIST_LENGTH = 200;

/** The chat over a gateway and a store. Dispose it before the store is closed. */
export function createChat(options: CreateChatOptions): Chat {
  const settings = { ...DEFAULT_CHAT_SETTINGS, ...options.settings };
  const listeners = new Set<(event: ChatEvent) => void>();
  const { store, clock } = options;
  const house: House = {
    ...options,
    settings,
    writer: createLogWriter({ store, clock, settings }),
    running: new Map(),
    beginnings: new Set(),
    closing: new AbortController(),
    emit(event) {
      for (const listener of listeners) tell(listener, event, options.log);
    },
  };
  return {
    post: async (question) => begin(house, toBeginning(question, toBeginOptions(house)), question),
    regenerate: async (request) => begin(house, await toNewAnswer(request, toBeginOptions(house)), { ...request, priority: 'interactive' }),
    follow(generationId, from, signal) {
      const live = (): RunningGeneration['live'] | undefined => house.running.get(generationId)?.live;
      return followLog({ store, generationId, from, signal, live, pageCharacters: settings.pageCharacters });
    },
    stop: (generationId) => stop(house, generationId),
    list: async ({ before, limit }) => {
      const bounded = Math.min(Math.max(1, limit), MAX_LIST_LENGTH);
      const records = await store.list({ before: before === undefined ? undefined : fromCursor(before), limit: bounded + 1 });
      const shown = records.slice(0, bounded);
      const last = shown.at(-1);
      return { conversations: shown.map(toSummary), next: records.length > bounded && last !== undefined ? toCursor(last) : null };
    },
    search: (query) => search(store, query),
    conversation: (id) => read(house, id),
    rename: (id, title) => rename(house, id, title),
    select: (id, messageId) => select(house, id, messageId),
    importConversations: (value) =>
      importConversations(value, {
        store,
        nowMs: clock.now(),
        newId: () => options.randomness.id(),
        onAdded: (conversation) => house.emit({ type: 'conversation', conversation }),
      }),
    remove: (id) => remove(house, id),
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    recover: () => recover(house),
    [Symbol.asyncDispose]: () => dispose(house),
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

function toBeginOptions({ store, gateway, randomness, clock, closing }: House): Parameters<typeof toBeginning>[1] {
  if (closing.signal.aborted) throw new Problem('shutting_down', 'Nothing was stored.');
  return { store, gateway, randomness, nowMs: clock.now() };
}

/** How the answer is to be made, beside what is stored. */
type Manner = Pick<GenerateRequest, 'options' | 'priority' | 'requestId'>;

async function begin(house: House, beginning: Beginning, manner: Manner): Promise<Accepted> {
  const started = store(house, beginning, manner);
  house.beginnings.add(started);
  try {
    return await started;
  } finally {
    house.beginnings.delete(started);
  }
}

/** The engine is asked as soon as the question is stored, while the disk is synced; whoever asked hears of it after that. */
async function store(house: House, beginning: Beginning, manner: Manner): Promise<Accepted> {
  const result = await house.store.begin(beginning);
  if (result.outcome !== 'stored' && result.outcome !== 'known') return toAccepted(beginning, result);
  const synced = house.store.sync();
  const generation = result.outcome === 'stored' ? start(house, { beginning, manner, stored: result }) : undefined;
  try {
    await synced;
  } catch (error) {
    generation?.end(toStorageProblem(error));
    throw error;
  }
  if (result.outcome === 'stored') house.emit({ type: 'conversation', conversation: toSummary(result.conversation) });
  return toAccepted(beginning, result);
}

interface Start {
  readonly beginning: Beginning;
  readonly manner: Manner;
  readonly stored: Extract<BeginResult, { outcome: 'stored' }>;
}

function start(house: House, { beginning, manner, stored }: Start): RunningGeneration {
  const { settings, running } = house;
  const { generationId, conversationId, firstParts, model, task } = beginning;
  const { options, priority, requestId } = manner;
  const live = createLiveLog({ generationId, firstOffset: 0, keptCharacters: settings.keptCharacters });
  live.commit(unpackParts(firstParts.parts), firstParts.parts.length);
  const generation = runGeneration({
    ...house,
    conversationId,
    epoch: stored.epoch,
    live,
    tail: house.writer.open(live, stored.epoch),
    closing: house.closing.signal,
    request: {
      ...(model !== undefined && { model }),
      task,
      messages: toContext(stored.branch),
      options,
      priority,
      requestId,
      label: `an answer for “${stored.conversation.title}”`,
    },
    onEnd(conversation) {
      running.delete(generationId);
      if (conversation !== undefined) house.emit({ type: 'conversation', conversation: toSummary(conversation) });
    },
  });
  running.set(generationId, generation);
  // A chat that is being closed takes nothing on; what it had accepted by then is ended like the rest.
  if (house.closing.signal.aborted) generation.end(shutDown());
  return generation;
}

function shutDown(): Problem {
  return new Problem('interrupted', 'The server was shut down while the answer was being written.');
}

async function stop(house: House, generationId: string): Promise<void> {
  const generation = house.running.get(generationId);
  if (generation === undefined) {
    const page = await house.store.read({ generationId, from: 0, maxCharacters: 1 });
    if (page === undefined) throw new Problem('generation_not_found', `There is no generation ${generationId}.`);
    return;
  }
  generation.end('stopped');
  const problem = await generation.ended;
  if (problem !== undefined) throw problem;
}

function notFound(id: string): Problem {
  return new Problem('conversation_not_found', `There is no conversation ${id}.`);
}

async function read({ store }: House, id: string): Promise<ConversationView> {
  const tree = await store.conversation(id);
  if (tree === undefined) throw notFound(id);
  return toView(tree);
}

async function rename(house: House, id: string, title: string): Promise<ConversationSummary> {
  const line = title.replaceAll(/\s+/g, ' ').trim();
  if (line === '' || line.length > MAX_TITLE_LENGTH) {
    throw new Problem('invalid_request', `A title has 1 to ${MAX_TITLE_LENGTH} characters.`, { field: 'title' });
  }
  return announce(house, id, await house.store.rename(id, line));
}

function announce({ emit }: House, id: string, record: ConversationRecord | undefined): ConversationSummary {
  if (record === undefined) throw notFound(id);
  const conversation = toSummary(record);
  emit({ type: 'conversation', conversation });
  return conversation;
}

async function select(house: House, id: string, messageId: string): Promise<ConversationView> {
  const view = await read(house, id);
  if (!view.messages.some((message) => message.id === messageId)) {
    throw new Problem('message_not_found', `There is no message ${messageId} in the conversation ${id}.`);
  }
  const headId = toLeaf(view.messages, messageId);
  announce(house, id, await house.store.setHead(id, headId));
  return { ...view, head_id: headId };
}

async function remove(house: House, id: string): Promise<void> {
  const generations = [...house.running.values()].filter(({ conversationId }) => conversationId === id);
  for (const generation of generations) generation.end('stopped');
  await Promise.all(generations.map(({ ended }) => ended));
  if (!(await house.store.remove(id))) throw notFound(id);
  house.emit({ type: 'conversation_removed', id });
}

async function recover({ store, running, clock, settings, log, emit }: House): Promise<number> {
  const problem = new Problem('interrupted', 'The server stopped while the answer was being written.');
  let count = 0;
  for (const generationId of await store.running()) {
    if (running.has(generationId)) continue;
    const { pageCharacters } = settings;
    const conversation = await endFromStore({ store, generationId, problem, pageCharacters, atMs: clock.now() });
    if (conversation === undefined) continue;
    count += 1;
    emit({ type: 'conversation', conversation: toSummary(conversation) });
  }
  if (count > 0) log.warn({ count }, 'answers that a former process left unfinished are marked as interrupted');
  return count;
}

async function dispose({ running, closing, beginnings }: House): Promise<void> {
  closing.abort(new DOMException('The chat is closed.', 'AbortError'));
  await Promise.allSettled(beginnings);
  const generations = [...running.values()];
  for (const generation of generations) generation.end(shutDown());
  await Promise.all(generations.map(({ ended }) => ended));
}
