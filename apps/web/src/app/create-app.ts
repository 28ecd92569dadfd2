import type { MessageView, PageEvent } from '@pilotlight/contract';
import { createContext, use } from 'react';

import { createApi, type Api } from '../api/api.ts';
import { createHub } from '../api/hub.ts';
import type { Connection } from '../api/hub-messages.ts';
import { createAttachments, type Attachments } from '../features/attachments/attachments.ts';
import { createDrafts, type Drafts } from '../features/composer/drafts.ts';
import { createOutbox, type Outbox } from '../features/composer/outbox.ts';
import { createConversationActions, type ConversationActions } from '../features/conversations/conversation-actions.ts';
import { keepTemporary, type TemporaryChats } from '../features/conversations/temporary-chats.ts';
import { stampEstimates } from '../features/models/models-state.ts';
import { createSearch, type Search } from '../features/search/create-search.ts';
import { NEW_CHAT, toWish } from '../features/settings/new-chat.ts';
import { createSettingsActions, type SettingsActions } from '../features/settings/settings-actions.ts';
import { createAnswerActions, type AnswerActions } from '../features/thread/answer-actions.ts';
import { jumpToMessage, type Jump } from '../features/thread/jump-to-message.ts';
import { applyPageEvent, INITIAL_STATE, isOutdated, without, type AppState, type Panel } from './app-state.ts';
import { toFailure, type Core } from './core.ts';
import type { Ports } from './ports.ts';
import { toPath, type Router } from './router.ts';
import { createStore, useStore, type Store } from './store.ts';

export interface App {
  readonly store: Store<AppState>;
  readonly router: Router;
  readonly drafts: Drafts;
  readonly answers: AnswerActions;
  readonly conversations: ConversationActions;
  readonly outbox: Outbox;
  readonly search: Search;
  readonly settings: SettingsActions;
  readonly attachments: Attachments;
  /** Opens a conversation at one of its messages. */
  readonly jumpTo: (jump: Jump) => void;
  /** Sends a message typed in that conversation (undefined: a new one, which this opens). */
  readonly send: (message: NewMessage) => void;
  readonly chooseModel: (conversationId: string | undefined, name: string) => void;
  readonly dismissFailure: (conversationId: string) => void;
  /** Returns why it failed, if it did. */
  readonly loadModel: (name: string, what: ModelAction) => Promise<string | undefined>;
  /** What a load of the model would do to memory now. Throws as the API does. */
  readonly planLoad: Api['planLoad'];
  readonly measureContext: Api['measureContext'];
  /** Undefined closes it. */
  readonly showPanel: (panel: Panel | undefined) => void;
  readonly signIn: (token: string) => Promise<string | undefined>;
  readonly tryNow: () => void;
}

export type ModelAction = 'load' | 'unload' | 'pin' | 'unpin';

export interface NewMessage {
  readonly conversationId: string | undefined;
  readonly text: string;
  /** The message it answers to; null begins at the root. */
  readonly parentId: string | null | undefined;
  readonly model: string | undefined;
}

export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = use(AppContext);
  if (app === undefined) throw new Error('the app is provided by main.tsx');
  return app;
}

export function useAppState<Selected>(select: (state: AppState) => Selected): Selected {
  return useStore(useApp().store, select);
}

/** Wires the parts of the page together and begins to listen. */
export function createApp(ports: Ports, router: Router): App {
  const store = createStore(INITIAL_STATE);
  const streams = { ...ports, onHeldBack: () => store.update((state) => ({ ...state, isHeldBack: true })) };
  const hub = createHub(streams, {
    onPageEvents: (events) => takePageEvents(parts, events),
    onConnection: (connection) => takeConnection(parts, connection),
    picture: () => toPicture(store.get()),
  });
  const core: Core = { ports, api: createApi(ports.http), store, hub, drafts: createDrafts(ports.kept), router };
  const answers = createAnswerActions(core, {
    onEnd: (id) => outbox.flush(({ conversationId, state }) => conversationId === id && state.kind === 'held'),
    reread: (id) => void conversations.read(id),
  });
  const conversations = createConversationActions(core, (view) => answers.followAnswers(view));
  const attachments = createAttachments(core);
  const outbox = createOutbox(core, answers, { onSent: (draftOf) => attachments.settle(draftOf) });
  const search = createSearch(core);
  const settings = createSettingsActions(core, NEW_CHAT);
  const temporary = keepTemporary(core);
  const parts: Parts = { ...core, answers, conversations, outbox, search, settings, attachments, temporary };
  outbox.restore();
  // A chat that only this browser knows of has nothing to be read from the server.
  for (const { conversationId, parentId } of store.get().outbox) if (parentId === undefined) conversations.beginLocally(conversationId);
  // The chat that the page is opened for is asked for first, before anything is drawn: a long one takes the server a while.
  const route = router.route.get();
  if (route.page === 'conversation' && store.get().views[route.id] === undefined) void conversations.readOnce(route.id);
  void conversations.readList().then(() => watchListed(parts));
  ports.shell.keep(() => store.update((state) => ({ ...state, hasNewerPage: true })));
  return {
    store,
    router,
    drafts: core.drafts,
    answers,
    conversations,
    outbox,
    search,
    settings,
    attachments,
    planLoad: (name, signal) => core.api.planLoad(name, signal),
    measureContext: (request, signal) => core.api.measureContext(request, signal),
    jumpTo: (jump) => void jumpToMessage(core, conversations, jump),
    send: (message) => sendMessage(parts, message),
    chooseModel(conversationId, name) {
      chooseModel(store, conversationId, name);
      // A chat that the server has keeps the choice, for other tabs and the next time.
      const view = conversationId === undefined ? undefined : store.get().views[conversationId];
      if (view !== undefined && view.head_id !== null) void settings.change(view.id, { model: name });
    },
    dismissFailure: (id) => store.update((state) => ({ ...state, failures: without(state.failures, id) })),
    loadModel: (name, what) => wordsOfFailure(core, actOnModel(core.api, name, what)),
    showPanel: (panel) => store.update((state) => ({ ...state, panel })),
    async signIn(token) {
      const failure = await wordsOfFailure(core, core.api.signIn(token));
      if (failure !== undefined) return failure;
      store.update((state) => ({ ...state, needsToken: false }));
      hub.tryNow();
      readAgain(parts);
      outbox.flush(({ state }) => state.kind === 'lost');
      return undefined;
    },
    tryNow: () => hub.tryNow(),
  };
}

interface Parts extends Core {
  readonly answers: AnswerActions;
  readonly conversations: ConversationActions;
  readonly outbox: Outbox;
  readonly search: Search;
  readonly settings: SettingsActions;
  readonly attachments: Attachments;
  readonly temporary: TemporaryChats;
}

function actOnModel(api: Api, name: string, what: ModelAction): Promise<void> {
  switch (what) {
    case 'load':
      return api.loadModel(name);
    case 'unload':
      return api.unloadModel(name);
    case 'pin':
    case 'unpin':
      return api.pinModel(name, what === 'pin');
  }
}

/** What this page itself has just posted comes back as an event before the answer to the post: that is no news. */
function takePageEvents(parts: Parts, events: readonly PageEvent[]): void {
  const { store, conversations, outbox: sending } = parts;
  const wasReadOnly = store.get().storage?.state === 'read_only';
  for (const event of events) if (event.type === 'conversation_removed') conversations.removed(event.id);
  const now = parts.ports.clock.now();
  store.update((state) => events.map((event) => stampEstimates(event, now)).reduce(applyPageEvent, state));
  if (wasReadOnly && store.get().storage?.state === 'writable')
    sending.flush(({ state }) => state.kind === 'refused' && isStorageProblem(state.problem.code));
  watchListed(parts);
  for (const event of events) {
    if (event.type !== 'conversation') continue;
    const { views, answers, outbox } = store.get();
    const view = views[event.conversation.id];
    if (outbox.some(({ conversationId, state }) => conversationId === view?.id && state.kind === 'sending')) continue;
    if (view !== undefined && isOutdated(view, event.conversation, answers)) void conversations.read(view.id);
  }
}

function isStorageProblem(code: string): boolean {
  return code === 'storage_full' || code === 'storage_unavailable';
}

/** How many answers of chats that are not open are read along with, so that the list can say how they stand. A browser opens six connections to a server. */
const MOST_WATCHED = 2;

function watchListed({ store, answers }: Pick<Parts, 'store' | 'answers'>): void {
  const { conversations = [], answers: known, views } = store.get();
  const running = conversations.flatMap(({ id, running_generation_id: generation }) =>
    generation === undefined ? [] : [{ id, generation }],
  );
  const isOver = (generation: string): boolean => known[generation]?.end !== undefined;
  const watched = running.filter(({ id, generation }) => views[id] === undefined && known[generation] !== undefined && !isOver(generation));
  const fresh = running.filter(({ id, generation }) => views[id] === undefined && known[generation] === undefined);
  for (const { id, generation } of fresh.slice(0, Math.max(0, MOST_WATCHED - watched.length))) answers.watch(id, generation);
}

function takeConnection(parts: Parts, connection: Connection): void {
  const { store, conversations, outbox, search } = parts;
  const before = store.get().connection.kind;
  const needsToken = connection.kind === 'refused' && connection.status === 401;
  store.update((state) => ({ ...state, connection, needsToken: state.needsToken || needsToken }));
  if (connection.kind !== 'open' || before === 'open') return;
  if (before === 'connecting') void conversations.readList();
  else readAgain(parts);
  // The server may have been away to be updated.
  if (before === 'lost') parts.ports.shell.check();
  search.again();
  outbox.flush(({ state }) => state.kind === 'lost');
}

/** Events may have been missed while the connection was down. */
function readAgain({ conversations, router }: Parts): void {
  void conversations.readList();
  const route = router.route.get();
  if (route.page === 'conversation') void conversations.read(route.id);
}

function sendMessage(parts: Parts, message: NewMessage): void {
  const { ports, store, conversations, outbox, router, attachments, temporary } = parts;
  const { conversationId, text, parentId, model } = message;
  const id = conversationId ?? ports.randomness.id();
  const newChat = conversationId === undefined ? parts.settings.takeNewChat() : undefined;
  const newConversation = newChat === undefined ? undefined : toWish(newChat);
  const isTemporary = newChat?.isTemporary === true;
  if (isTemporary) temporary.add(id);
  conversations.beginLocally(id, {
    ...(isTemporary ? { temporary: true } : {}),
    ...(newChat === undefined ? {} : { settings: newChat.settings }),
  });
  outbox.send({
    conversationId: id,
    text,
    parentId,
    model,
    draftOf: conversationId,
    attachments: attachments.take(conversationId),
    newConversation,
  });
  if (conversationId !== undefined) return;
  if (model !== undefined) chooseModel(store, id, model);
  router.go(toPath(id));
}

async function wordsOfFailure(core: Core, call: Promise<void>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return toFailure(core, '', error).problem?.detail ?? 'No answer from the server.';
  }
}

function chooseModel(store: Store<AppState>, conversationId: string | undefined, name: string): void {
  store.update((state) => ({ ...state, chosenModels: { ...state.chosenModels, [conversationId ?? '']: name } }));
}

function toPicture({ models }: AppState): PageEvent | undefined {
  return models === undefined ? undefined : { type: 'models', ...models };
}

/** The message that was answered last in a branch: what the next one is put under. */
export function lastMessage(thread: readonly { readonly message: MessageView }[]): MessageView | undefined {
  return thread.at(-1)?.message;
}
