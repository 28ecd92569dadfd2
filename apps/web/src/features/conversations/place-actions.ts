import type { ConversationChange } from '@pilotlight/contract';

import { removeConversation, takeSummary, without } from '../../app/app-state.ts';
import { toFailure, type Core } from '../../app/core.ts';
import { toPath } from '../../app/router.ts';
import { lastDeletion } from './deletions.ts';
import type { ListActions } from './list-actions.ts';

/** Names and places of chats. Each of these throws nothing; it returns why it failed, if it did. */
export interface PlaceActions {
  rename(id: string, title: string): Promise<string | undefined>;
  /** Pins, archives, puts into a folder. */
  change(id: string, change: ConversationChange): Promise<string | undefined>;
  /** Deletes at once; for a while it can be brought back. */
  remove(id: string): Promise<string | undefined>;
  /** Told that a chat is gone: whoever deletes it here, and looks at it, sees a new one from the same moment on. */
  removed(id: string): void;
  /** Brings one back that was deleted, and shows it if `opens`. */
  restore(id: string, opens?: boolean): Promise<string | undefined>;
  /** Brings back the one that was deleted last, if there is still time. */
  restoreLast(): void;
}

export function createPlaceActions(core: Core, lists: Pick<ListActions, 'readFolders'>): PlaceActions {
  const { api, store } = core;

  async function change(id: string, wanted: ConversationChange): Promise<string | undefined> {
    try {
      const { settings: _, ...summary } = await api.changeConversation(id, wanted);
      store.update((state) => takeSummary(state, summary));
      if (wanted.folder !== undefined) await lists.readFolders();
      return undefined;
    } catch (error) {
      return whyNot(core, error);
    }
  }

  async function restore(id: string, opens = false): Promise<string | undefined> {
    try {
      const summary = await api.restoreConversation(id);
      store.update((state) => ({ ...takeSummary(state, summary), viewFailures: without(state.viewFailures, id) }));
      if (opens) core.router.go(toPath(id));
      return undefined;
    } catch (error) {
      store.update((state) => ({ ...state, deletions: state.deletions.filter((deletion) => deletion.id !== id) }));
      return whyNot(core, error);
    }
  }

  const removing = new Set<string>();

  function leave(id: string): void {
    const route = core.router.route.get();
    if (route.page === 'conversation' && route.id === id) core.router.replace(toPath(undefined));
  }

  return {
    rename: (id, title) => change(id, { title }),
    change,
    restore,
    restoreLast() {
      const deletion = lastDeletion(store.get().deletions, core.ports.clock.now());
      if (deletion !== undefined) void restore(deletion.id, true);
    },
    removed(id) {
      if (removing.has(id)) leave(id);
    },
    async remove(id) {
      removing.add(id);
      const { finalAt, failure } = await api.deleteConversation(id).then(
        ({ final_at }) => ({ finalAt: final_at, failure: undefined }),
        (error: unknown) => ({ finalAt: undefined, failure: isGone(core, error) ? undefined : whyNot(core, error) }),
      );
      removing.delete(id);
      if (failure !== undefined) return failure;
      leave(id);
      store.update((state) => removeConversation(state, id, finalAt));
      return undefined;
    },
  };
}

function isGone(core: Core, error: unknown): boolean {
  return toFailure(core, '', error).problem?.status === 404;
}

function whyNot(core: Core, error: unknown): string {
  return toFailure(core, '', error).problem?.detail ?? 'No answer from the server.';
}
