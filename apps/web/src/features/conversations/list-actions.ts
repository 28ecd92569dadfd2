import type { ConversationSummary } from '@pilotlight/contract';

import { toFailure, type Core } from '../../app/core.ts';

/** Reading of lists. None of these throws; what cannot be read stays as it was. */
export interface ListActions {
  readList(): Promise<void>;
  readMore(): Promise<void>;
  readFolders(): Promise<void>;
  /** The chats of a folder, also those that are further down than the list was read. */
  readFolder(name: string): Promise<void>;
  readArchived(): Promise<void>;
}

const MOST_AT_ONCE = 20;

export function createListActions(core: Pick<Core, 'api' | 'store'>): ListActions {
  const { api, store } = core;

  async function attempt(what: string, action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      toFailure(core, what, error);
    }
  }

  function readPage(before?: string): Promise<void> {
    return attempt('The chats could not be read', async () => {
      const page = await api.listConversations({ before });
      store.update((state) => {
        const known = before === undefined ? [] : (state.conversations ?? []);
        return { ...state, conversations: merge(known, page.conversations), moreBefore: page.next };
      });
    });
  }

  function readFolders(): Promise<void> {
    return attempt('The folders could not be read', async () => {
      const { folders } = await api.listFolders();
      store.update((state) => ({ ...state, folders: folders.map(({ name }) => name) }));
    });
  }

  return {
    readFolders,
    async readList() {
      await Promise.all([readPage(), readFolders()]);
    },
    async readMore() {
      const { moreBefore } = store.get();
      if (moreBefore !== null) await readPage(moreBefore);
    },
    readFolder: (name) =>
      attempt('The folder could not be read', async () => {
        const found = await readAll((before) => api.listConversations({ folder: name, before }));
        store.update((state) => ({ ...state, conversations: merge(state.conversations ?? [], found) }));
      }),
    readArchived: () =>
      attempt('The archive could not be read', async () => {
        const found = await readAll((before) => api.listConversations({ archived: true, before }));
        store.update((state) => ({ ...state, archived: merge([], found) }));
      }),
  };
}

async function readAll(
  readPage: (
    before: string | undefined,
  ) => Promise<{ readonly conversations: readonly ConversationSummary[]; readonly next: string | null }>,
): Promise<ConversationSummary[]> {
  const found: ConversationSummary[] = [];
  let before: string | undefined;
  for (let page = 0; page < MOST_AT_ONCE; page += 1) {
    const { conversations, next } = await readPage(before);
    found.push(...conversations);
    if (next === null) break;
    before = next;
  }
  return found;
}

/** All of both, each once and as the second has it, the last used one first. */
function merge(known: readonly ConversationSummary[], fresh: readonly ConversationSummary[]): ConversationSummary[] {
  const ids = new Set(fresh.map(({ id }) => id));
  return [...known.filter(({ id }) => !ids.has(id)), ...fresh].sort((one, other) => other.updated_at.localeCompare(one.updated_at));
}
