import type { ConversationView } from '@pilotlight/contract';

import { RequestRefused } from '../../api/http.ts';
import { settleAnswers, takeSummary, without } from '../../app/app-state.ts';
import { showFailure, toFailure, type Core } from '../../app/core.ts';
import { toPath } from '../../app/router.ts';
import { importFile, type ChosenFile, type ImportOutcome } from './import-file.ts';

export interface ConversationActions {
  readList(): Promise<void>;
  readMore(): Promise<void>;
  /** Reads a conversation and shows it, or why it cannot be shown. */
  read(id: string): Promise<void>;
  /** A place for the first message of a conversation that the server does not know yet. */
  beginLocally(id: string): void;
  select(id: string, messageId: string): Promise<void>;
  /** Each of these throws nothing; it returns why it failed, if it did. */
  rename(id: string, title: string): Promise<string | undefined>;
  remove(id: string): Promise<string | undefined>;
  /** Takes in the chats of a file. Throws nothing. */
  importFile(file: ChosenFile): Promise<ImportOutcome>;
}

export function createConversationActions(core: Core, onRead: (view: ConversationView) => void): ConversationActions {
  const { api, store } = core;
  const lists = createListActions(core);

  function takeView(view: ConversationView): void {
    store.update((state) => ({
      ...state,
      views: { ...state.views, [view.id]: settleAnswers(view, state.answers) },
      viewFailures: without(state.viewFailures, view.id),
    }));
    onRead(view);
  }

  return {
    ...lists,
    async read(id) {
      try {
        takeView(await api.readConversation(id));
      } catch (error) {
        const isExpected = error instanceof RequestRefused && error.problem.status === 404 && isOnItsWay(core, id);
        if (isExpected) return;
        const failure = toFailure(core, 'This chat could not be read', error);
        store.update((state) => ({ ...state, viewFailures: { ...state.viewFailures, [id]: failure } }));
      }
    },
    beginLocally(id) {
      const now = new Date(core.ports.clock.now()).toISOString();
      const view: ConversationView = { id, title: '', created_at: now, updated_at: now, head_id: null, messages: [] };
      store.update((state) => ({ ...state, views: { ...state.views, [id]: state.views[id] ?? view } }));
    },
    async select(id, messageId) {
      try {
        takeView(await api.selectMessage(id, messageId));
      } catch (error) {
        showFailure(core, id, toFailure(core, 'The other version could not be shown', error));
      }
    },
    async importFile(file) {
      const outcome = await importFile(core, file);
      if (outcome.kind === 'imported') await lists.readList();
      return outcome;
    },
    async rename(id, title) {
      try {
        const summary = await api.renameConversation(id, title);
        store.update((state) => takeSummary(state, summary));
        return undefined;
      } catch (error) {
        return toFailure(core, 'Not renamed', error).problem?.detail ?? 'No answer from the server.';
      }
    },
    async remove(id) {
      try {
        await api.deleteConversation(id);
      } catch (error) {
        const { problem } = toFailure(core, 'Not deleted', error);
        if (problem?.status !== 404) return problem?.detail ?? 'No answer from the server.';
      }
      store.update((state) => ({
        ...state,
        conversations: state.conversations?.filter((conversation) => conversation.id !== id),
        views: without(state.views, id),
      }));
      core.drafts.write(id, '');
      const { route } = core.router;
      const current = route.get();
      if (current.page === 'conversation' && current.id === id) core.router.replace(toPath(undefined));
      return undefined;
    },
  };
}

function createListActions(core: Core): Pick<ConversationActions, 'readList' | 'readMore'> {
  const { api, store } = core;

  async function readPage(before?: string): Promise<void> {
    try {
      const page = await api.listConversations(before);
      store.update((state) => {
        const known = before === undefined ? [] : (state.conversations ?? []);
        const fresh = new Set(page.conversations.map(({ id }) => id));
        return { ...state, conversations: [...known.filter(({ id }) => !fresh.has(id)), ...page.conversations], moreBefore: page.next };
      });
    } catch (error) {
      toFailure(core, 'The chats could not be read', error);
    }
  }

  return {
    readList: () => readPage(),
    async readMore() {
      const { moreBefore } = store.get();
      if (moreBefore !== null) await readPage(moreBefore);
    },
  };
}

/** Whether a message of this browser is about to create the conversation. */
function isOnItsWay(core: Core, id: string): boolean {
  return core.store.get().outbox.some(({ conversationId }) => conversationId === id);
}
