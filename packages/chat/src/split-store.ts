import { Problem } from '@pilotlight/contract';

import type { AppendOutcome, Beginning, BeginResult, ChatStore, ConversationRecord, LogGroup } from './chat-store.ts';
import { createTemporaryIds } from './temporary-ids.ts';
import type { TemporaryIds } from './temporary-ids.ts';

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
  const ids = createTemporaryIds();
  const of = (conversationId: string): ChatStore => (temporary !== undefined && ids.has(conversationId) ? temporary : lasting);
  const ofGeneration = (id: string): ChatStore => (temporary !== undefined && ids.hasGeneration(id) ? temporary : lasting);
  const isTemporary = ids.has;

  /** The record with the mark of the store that it came from. */
  async function marked<T extends ConversationRecord | undefined>(id: string, record: Promise<T>): Promise<T> {
    const found = await record;
    return found !== undefined && isTemporary(id) ? { ...found, temporary: true } : found;
  }
  async function markedIn<T extends object | undefined>(id: string, result: Promise<T>): Promise<T> {
    const found = await result;
    return found !== undefined && isTemporary(id) ? withMark(found) : found;
  }

  return {
    ...lasting,
    isTemporary,
    begin: (beginning) => begin({ lasting, temporary, ids }, beginning),
    append: (groups) => append({ lasting, temporary, ids }, groups),
    async end(ending) {
      const { generationId } = ending.group;
      const result = await ofGeneration(generationId).end(ending);
      return ids.hasGeneration(generationId) ? withMark(result) : result;
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
      ids.forget(id);
      return isRemoved;
    },
  };
}

interface Split extends Halves {
  readonly ids: TemporaryIds;
}

async function begin({ lasting, temporary, ids }: Split, beginning: Beginning): Promise<BeginResult> {
  const { conversationId, generationId, start } = beginning;
  const isNew = !ids.has(conversationId);
  if (isNew && start?.temporary !== true) return lasting.begin(beginning);
  if (temporary === undefined) throw noTemporary();
  if (isNew) await makeRoom(temporary, ids);
  // Before it is stored: what is appended meanwhile must find its store.
  ids.add(conversationId, generationId);
  await takeOver(lasting, temporary, beginning);
  const result = await temporary.begin(beginning);
  if (isNew && result.outcome !== 'stored' && result.outcome !== 'known') ids.forget(conversationId);
  return withMark(result);
}

async function makeRoom(store: ChatStore, ids: TemporaryIds): Promise<void> {
  if (ids.size() < MOST_TEMPORARY) return;
  for (const id of ids.idle(new Set(await store.running()))) {
    if (ids.size() < MOST_TEMPORARY) return;
    await store.remove(id);
    ids.forget(id);
  }
}

async function append({ lasting, temporary, ids }: Split, groups: readonly LogGroup[]): Promise<readonly AppendOutcome[]> {
  const isOwn = ({ generationId }: LogGroup): boolean => ids.hasGeneration(generationId);
  if (temporary === undefined || ids.isEmpty() || !groups.some(isOwn)) return lasting.append(groups);
  const others = groups.filter((group) => !isOwn(group));
  const own = [...(await temporary.append(groups.filter(isOwn)))];
  const rest = others.length === 0 ? [] : [...(await lasting.append(others))];
  return groups.map((group) => (isOwn(group) ? own : rest).shift() ?? 'missing');
}

/** The same with its conversation marked as temporary, if it has one. */
function withMark<T extends object>(result: T): T {
  return 'conversation' in result
    ? { ...result, conversation: { ...(result.conversation as ConversationRecord), temporary: true } }
    : result;
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
