import type {
  ConversationDetailsRecord,
  ConversationRecord,
  ConversationStart,
  ConversationTree,
  ListQuery,
  MessageRecord,
  NewConversation,
} from '@pilotlight/chat';

import { toDetails, toMessage, toMessageValues, toRecord } from '../conversation-rows.ts';
import type { ConversationRow, MessageRow } from '../conversation-rows.ts';
import { toSettingsJson } from '../settings-json.ts';
import { attachmentsOfConversation, attachmentsOfMessage, refer } from './attachments.ts';
import { writeMessageWords, writeTitleWords } from './index-words.ts';
import type { PostgresSession, PostgresValue } from './postgres-session.ts';

// Conversations as a whole. What writes runs within the caller's transaction.

const SELECT = `
  SELECT id, title, created_ms, updated_ms, head_id, pinned, archived, folder, settings, deleted_ms,
    (SELECT g.id FROM generations g WHERE g.conversation_id = c.id AND g.closed = 0 ORDER BY g.key DESC LIMIT 1) AS running_id
  FROM conversations c`;
const MESSAGE = `
  SELECT id, parent_id, role, content, created_ms, system, reasoning, state, generation_id, model, finish_reason, receipt, error, continues_id
  FROM messages`;
const INSERT = `
  INSERT INTO conversations (id, title, created_ms, updated_ms, pinned, archived, folder, settings) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;
const INSERT_MESSAGE = `
  INSERT INTO messages (id, conversation_id, parent_id, role, content, created_ms, system, state, reasoning, model, finish_reason, receipt, error,
    continues_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`;
const REMOVALS = [
  'DELETE FROM generation_log WHERE generation_key IN (SELECT key FROM generations WHERE conversation_id = $1)',
  'DELETE FROM generations WHERE conversation_id = $1',
  'DELETE FROM messages WHERE conversation_id = $1',
];

async function row(session: PostgresSession, id: string): Promise<ConversationRow | undefined> {
  return (await session.get(`${SELECT} WHERE id = $1`, id)) as ConversationRow | undefined;
}

async function shown(session: PostgresSession, id: string): Promise<ConversationRow | undefined> {
  const found = await row(session, id);
  return found?.deleted_ms === null ? found : undefined;
}

/** Undefined: there is none, or it is hidden. */
export async function findConversation(session: PostgresSession, id: string): Promise<ConversationRecord | undefined> {
  const found = await shown(session, id);
  return found && toRecord(found);
}

/** Hidden ones, too. */
export async function findAnyConversation(session: PostgresSession, id: string): Promise<ConversationRecord | undefined> {
  const found = await row(session, id);
  return found && toRecord(found);
}

/** Those of these that are there and not hidden. */
export async function findConversations(
  session: PostgresSession,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ConversationRecord>> {
  const rows = (await session.all(`${SELECT} WHERE id = ANY ($1) AND deleted_ms IS NULL`, ids)) as ConversationRow[];
  return new Map(rows.map((found) => [found.id, toRecord(found)]));
}

export async function isHidden(session: PostgresSession, id: string): Promise<boolean> {
  return typeof (await row(session, id))?.deleted_ms === 'number';
}

export async function readDetails(session: PostgresSession, id: string): Promise<ConversationDetailsRecord | undefined> {
  const found = await shown(session, id);
  return found && toDetails(found);
}

export async function readTree(session: PostgresSession, id: string): Promise<ConversationTree | undefined> {
  const found = await shown(session, id);
  if (found === undefined) return undefined;
  const rows = (await session.all(`${MESSAGE} WHERE conversation_id = $1 ORDER BY seq`, id)) as MessageRow[];
  const attached = await attachmentsOfConversation(session, id);
  return { ...toDetails(found), messages: rows.map((one) => toMessage(one, attached.get(one.id))) };
}

export async function readMessage(session: PostgresSession, conversationId: string, messageId: string): Promise<MessageRecord | undefined> {
  if ((await shown(session, conversationId)) === undefined) return undefined;
  const found = (await session.get(`${MESSAGE} WHERE id = $1 AND conversation_id = $2`, messageId, conversationId)) as
    | MessageRow
    | undefined;
  return found && toMessage(found, await attachmentsOfMessage(session, messageId));
}

/** The list in all its cuts; each is read along an index. */
export async function listConversations(session: PostgresSession, query: ListQuery): Promise<readonly ConversationRecord[]> {
  const { before, limit, archived, folder } = query;
  const values: PostgresValue[] = [limit];
  const place = (value: PostgresValue): string => `$${values.push(value)}`;
  const conditions = ['deleted_ms IS NULL'];
  if (folder !== undefined) conditions.push(`folder = ${place(folder)}`);
  if (archived !== undefined) conditions.push(`archived = ${place(Number(archived))}`);
  if (before !== undefined) {
    const places = [place(Number(before.pinned)), place(before.updatedMs), place(before.id)];
    conditions.push(`(pinned, updated_ms, id) < (${places.join(', ')})`);
  }
  const sql = `${SELECT} WHERE ${conditions.join(' AND ')} ORDER BY pinned DESC, updated_ms DESC, id DESC LIMIT $1`;
  return ((await session.all(sql, ...values)) as ConversationRow[]).map(toRecord);
}

export interface AddedConversation {
  readonly id: string;
  readonly title: string;
  readonly atMs: number;
  readonly start: ConversationStart | undefined;
}

export async function addConversation(session: PostgresSession, { id, title, atMs, start }: AddedConversation): Promise<void> {
  await session.run(INSERT, id, title, atMs, atMs, 0, 0, start?.folder ?? null, toSettingsJson(start?.settings));
  await writeTitleWords(session, id, title);
}

/** Adds a conversation with its messages, none of which is being written. */
export async function addWhole(session: PostgresSession, conversation: NewConversation): Promise<ConversationRecord> {
  const { id, title, createdMs, updatedMs, headId, messages, pinned, archived, folder, settings } = conversation;
  await session.run(INSERT, id, title, createdMs, updatedMs, Number(pinned), Number(archived), folder ?? null, toSettingsJson(settings));
  await writeTitleWords(session, id, title);
  for (const one of messages) {
    await session.run(INSERT_MESSAGE, ...toMessageValues(id, one));
    await writeMessageWords(session, one.id, one.content);
    const attached = (one.attachments ?? []).map((attachment) => attachment.id);
    const missing = await refer(session, one.id, attached);
    if (missing !== undefined) throw new Error(`the attachment ${missing} is not there`);
  }
  await session.run('UPDATE conversations SET head_id = $1 WHERE id = $2', headId, id);
  return { id, title, createdMs, updatedMs, headId, pinned, archived, folder, runningGenerationId: undefined };
}

/** Notes that it changed. */
export async function touch(session: PostgresSession, id: string, atMs: number): Promise<void> {
  await session.run('UPDATE conversations SET updated_ms = greatest(updated_ms, $1) WHERE id = $2', atMs, id);
}

/** Gives it the title whether it is hidden or not. */
export async function writeTitle(session: PostgresSession, id: string, title: string): Promise<void> {
  await session.run('UPDATE conversations SET title = $1 WHERE id = $2', title, id);
  await writeTitleWords(session, id, title);
}

export async function rename(session: PostgresSession, id: string, title: string): Promise<ConversationRecord | undefined> {
  if ((await shown(session, id)) === undefined) return undefined;
  await writeTitle(session, id, title);
  return findConversation(session, id);
}

export interface Retitling {
  readonly id: string;
  readonly former: string;
  readonly title: string;
}

export async function retitle(session: PostgresSession, { id, former, title }: Retitling): Promise<ConversationRecord | undefined> {
  if ((await shown(session, id))?.title !== former) return undefined;
  await writeTitle(session, id, title);
  return findConversation(session, id);
}

export async function setHead(session: PostgresSession, id: string, messageId: string): Promise<ConversationRecord | undefined> {
  if ((await readMessage(session, id, messageId)) === undefined) return undefined;
  await session.run('UPDATE conversations SET head_id = $1 WHERE id = $2', messageId, id);
  return findConversation(session, id);
}

/** The words and the references of what is removed go with it. */
export async function removeConversation(session: PostgresSession, id: string): Promise<boolean> {
  for (const removal of REMOVALS) await session.run(removal, id);
  return (await session.run('DELETE FROM conversations WHERE id = $1', id)) > 0;
}
