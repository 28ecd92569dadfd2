import type { ConversationView } from '@pilotlight/contract';

import { RequestRefused } from '../../api/http.ts';
import { settleAnswers, without } from '../../app/app-state.ts';
import { showFailure, toFailure, type Core } from '../../app/core.ts';
import type { ChosenFile, ImportOutcome } from './import-file.ts';
import { createListActions, type ListActions } from './list-actions.ts';
import { createPlaceActions, type PlaceActions } from './place-actions.ts';

export interface ConversationActions extends ListActions, PlaceActions {
  /** Reads a conversation and shows it, or why it cannot be shown. */
  read(id: string): Promise<void>;
  /** The same, but joins a reading that is under way. */
  readOnce(id: string): Promise<void>;
  /** A place for the first message of a conversation that the server does not know yet. */
  beginLocally(id: string, facts?: Pick<ConversationView, 'temporary' | 'settings'>): void;
  select(id: string, messageId: string): Promise<void>;
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

  async function read(id: string): Promise<void> {
    try {
      takeView(await api.readConversation(id));
    } catch (error) {
      const isExpected = error instanceof RequestRefused && error.problem.status === 404 && isOnItsWay(core, id);
      if (isExpected) return;
      const failure = toFailure(core, 'This chat could not be read', error);
      store.update((state) => ({ ...state, viewFailures: { ...state.viewFailures, [id]: failure } }));
    }
  }

  const reading = new Map<string, Promise<void>>();
  return {
    ...lists,
    ...createPlaceActions(core, lists),
    read,
    readOnce(id) {
      const underWay = reading.get(id) ?? read(id).finally(() => reading.delete(id));
      reading.set(id, underWay);
      return underWay;
    },
    beginLocally(id, facts = {}) {
      const now = new Date(core.ports.clock.now()).toISOString();
      const view: ConversationView = { id, title: '', created_at: now, updated_at: now, head_id: null, messages: [], ...facts };
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
      const { importFile } = await import('./import-file.ts');
      const outcome = await importFile(core, file);
      if (outcome.kind === 'imported') await lists.readList();
      return outcome;
    },
  };
}

/** Whether a message of this browser is about to create the conversation. */
function isOnItsWay(core: Core, id: string): boolean {
  return core.store.get().outbox.some(({ conversationId }) => conversationId === id);
}
