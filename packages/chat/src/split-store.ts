import { Problem } from '@pilotlight/contract';

import type { AppendOutcome, Beginning, BeginResult, ChatStore, ConversationRecord } from './chat-store.ts';

/** A temporary conversation is in memory alone: beyond so many, the one that was begun first goes. */
const MOST_TEMPORARY = 100;

/** One store in front of two. */
export interface SplitStore extends ChatStore {
  readonly isTemporary: (conversationId: string) => boolean;
}

interface Halves {
  readonly lasting: ChatStore;
  /** Keeps nothing beyond its process. Undefined: there is none, and no conversation can be temporary. */
  readonly temporary: ChatStore | undefined;
}

/**
 * Conversations that are to be temporary go to a store of their own, with their messages and logs: nothing of them reaches the lasting one. Lists, folders,
 * search, import and presets are those of the lasting store.
 */
export function createSplitStore({ lasting, temporary }: Halves): SplitStore {
  /** In the order in which they were begun, with their generations. */
  const conversations = new Map<string, Set<string>>();
  const generations = new Set<string>();

  const of = (conversationId: string): ChatStore => (temporary !== undefined && conversations.has(conversationId) ? temporary : lasting);
  const ofGeneration = (generationId: string): ChatStore =>
    temporary !== undefined && generations.has(generationId) ? temporary : lasting;
  const isTemporary = (conversationId: string): boolean => conversations.has(conversationId);

  function forget(conversationId: string): void {
    for (const generation of conversations.get(conversationId) ?? []) generations.delete(generation);
    conversations.delete(conversationId);
  }

  async function makeRoom(store: ChatStore): Promise<void> {
    const running = new Set(await store.running());
    for (const [id, own] of conversations) {
      if (conversations.size < MOST_TEMPORARY) return;
      if (![...own].some((generation) => running.has(generation)) && (await store.remove(id))) forget(id);
    }
  }

  async function begin(beginning: Beginning): Promise<BeginResult> {
    const { conversationId, generationId, start } = beginning;
    if (!isTemporary(conversationId)) {
      if (start?.temporary !== true) return lasting.begin(beginning);
      if (temporary === undefined) throw noTemporary();
      await makeRoom(temporary);
      conversations.set(conversationId, new Set());
    }
    // Before it is stored: what is appended meanwhile must find its store.
    conversations.get(conversationId)?.add(generationId);
    generations.add(generationId);
    if (temporary !== undefined && isTemporary(conversationId)) await takeOver(lasting, temporary, beginning);
    const result = await of(conversationId).begin(beginning);
    return result.outcome === 'stored' ? { ...result, conversation: toTemporary(result.conversation) } : result;
  }

  async function append(groups: Parameters<ChatStore['append']>[0]): Promise<readonly AppendOutcome[]> {
    if (generations.size === 0) return lasting.append(groups);
    const isOwn = ({ generationId }: (typeof groups)[number]): boolean => generations.has(generationId);
    const own = groups.filter(isOwn);
    if (own.length === 0 || temporary === undefined) return lasting.append(groups);
    const others = groups.filter((group) => !isOwn(group));
    const outcomes = [await temporary.append(own), others.length === 0 ? [] : await lasting.append(others)] as const;
    let places = [0, 0] as [number, number];
    return groups.map((group) => {
      const half = isOwn(group) ? 0 : 1;
      const outcome = outcomes[half][places[half]] ?? 'missing';
      places = half === 0 ? [places[0] + 1, places[1]] : [places[0], places[1] + 1];
      return outcome;
    });
  }

  /** The record with the mark of the store that it came from. */
  async function marked<T extends ConversationRecord | undefined>(id: string, record: Promise<T>): Promise<T> {
    const found = await record;
    return found !== undefined && isTemporary(id) ? { ...found, temporary: true } : found;
  }
  async function markedIn<T extends { readonly conversation: ConversationRecord } | undefined>(
    id: string,
    details: Promise<T>,
  ): Promise<T> {
    const found = await details;
    return found !== undefined && isTemporary(id) ? { ...found, conversation: toTemporary(found.conversation) } : found;
  }

  return {
    ...lasting,
    isTemporary,
    begin,
    append,
    async end(ending) {
      const { generationId } = ending.group;
      const result = await ofGeneration(generationId).end(ending);
      return result.outcome === 'ended' && generations.has(generationId)
        ? { ...result, conversation: toTemporary(result.conversation) }
        : result;
    },
    read: (query) => ofGeneration(query.generationId).read(query),
    claim: (generationId) => ofGeneration(generationId).claim(generationId),
    running: async () => [...(await lasting.running()), ...((await temporary?.running()) ?? [])],
    answer: (conversationId, answerId) => of(conversationId).answer(conversationId, answerId),
    message: (conversationId, messageId) => of(conversationId).message(conversationId, messageId),
    details: (id) => markedIn(id, of(id).details(id)),
    conversation: (id) => markedIn(id, of(id).conversation(id)),
    rename: (id, title) => marked(id, of(id).rename(id, title)),
    setHead: (id, messageId) => marked(id, of(id).setHead(id, messageId)),
    change: (id, change) => markedIn(id, of(id).change(id, change)),
    retitle: (id, former, title) => marked(id, of(id).retitle(id, former, title)),
    summaries: (id) => of(id).summaries(id),
    keepSummary: (summary) => of(summary.conversationId).keepSummary(summary),
    ...readEither({ lasting, temporary }),
    async remove(id) {
      const isRemoved = await of(id).remove(id);
      // Nothing waits there to be sent.
      if (isTemporary(id)) await temporary?.sweepAttachments(Number.MAX_SAFE_INTEGER);
      forget(id);
      return isRemoved;
    },
  };
}

function toTemporary(record: ConversationRecord): ConversationRecord {
  return { ...record, temporary: true };
}

function noTemporary(): Problem {
  return new Problem('invalid_request', 'This server keeps no temporary conversations.', { field: 'new_conversation.temporary' });
}

/** Files are read from the lasting store, and those that are not there from the other. */
function readEither({ lasting, temporary }: Halves): Pick<ChatStore, 'attachments' | 'promptContents' | 'attachmentContent'> {
  async function either<T extends { readonly id: string }>(
    ids: readonly string[],
    read: (store: ChatStore) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    const found = [...(await read(lasting))];
    if (temporary !== undefined && found.length < new Set(ids).size) found.push(...(await read(temporary)));
    const byId = new Map(found.map((one) => [one.id, one]));
    return ids.map((id) => byId.get(id)).filter((one) => one !== undefined);
  }
  return {
    attachments: (ids) => either(ids, (store) => store.attachments(ids)),
    promptContents: (ids) => either(ids, (store) => store.promptContents(ids)),
    attachmentContent: async (id) => (await lasting.attachmentContent(id)) ?? (await temporary?.attachmentContent(id)),
  };
}

/** What is attached to a question of a temporary conversation leaves the lasting store, unless others refer to it there. */
async function takeOver(lasting: ChatStore, temporary: ChatStore, { question }: Beginning): Promise<void> {
  const ids = question.kind === 'question' ? (question.attachments ?? []) : [];
  for (const record of await lasting.attachments(ids)) {
    const [content] = await lasting.promptContents([record.id]);
    const file = await lasting.attachmentContent(record.id);
    await temporary.attach({ ...record, text: content?.text, content: record.kind === 'text' ? undefined : file });
    await lasting.removeAttachment(record.id);
  }
}
