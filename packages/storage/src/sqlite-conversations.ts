import type { ConversationRecord, ConversationTree, ListQuery, MessageRecord, NewConversation, NewMessage } from '@pilotlight/chat';

import type { SqliteConnection, SqliteValue } from './sqlite-connection.ts';

/** Conversations as a whole. What writes runs within the caller's transaction. */
export interface ConversationTables {
  readonly find: (id: string) => ConversationRecord | undefined;
  readonly list: (query: ListQuery) => ConversationRecord[];
  readonly tree: (id: string) => ConversationTree | undefined;
  readonly add: (conversation: { readonly id: string; readonly title: string; readonly atMs: number }) => void;
  /** Adds a conversation with its messages, none of which is being written. */
  readonly addWhole: (conversation: NewConversation) => ConversationRecord;
  /** Notes that it changed. */
  readonly touch: (id: string, atMs: number) => void;
  readonly rename: (id: string, title: string) => ConversationRecord | undefined;
  readonly setHead: (id: string, messageId: string) => ConversationRecord | undefined;
  readonly remove: (id: string) => boolean;
}

const SELECT = `
  SELECT id, title, created_ms, updated_ms, head_id,
    (SELECT g.id FROM generations g WHERE g.conversation_id = c.id AND g.closed = 0 ORDER BY g.key DESC LIMIT 1) AS running_id
  FROM conversations c`;
const ORDER = 'ORDER BY updated_ms DESC, id DESC LIMIT ?';

export function createConversationTables(connection: SqliteConnection): ConversationTables {
  const selectOne = connection.prepare(`${SELECT} WHERE id = ?`);
  const selectFirst = connection.prepare(`${SELECT} ${ORDER}`);
  const selectAfter = connection.prepare(`${SELECT} WHERE (updated_ms, id) < (?, ?) ${ORDER}`);
  const selectMessages = connection.prepare(`
    SELECT id, parent_id, role, content, created_ms, system, reasoning, state, generation_id, model, finish_reason, receipt, error
    FROM messages WHERE conversation_id = ? ORDER BY seq`);
  const hasMessage = connection.prepare('SELECT 1 FROM messages WHERE id = ? AND conversation_id = ?');
  const insert = connection.prepare('INSERT INTO conversations (id, title, created_ms, updated_ms) VALUES (?, ?, ?, ?)');
  const insertMessage = connection.prepare(`
    INSERT INTO messages (id, conversation_id, parent_id, role, content, created_ms, system, state, reasoning, model, finish_reason, receipt, error)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const updateTime = connection.prepare('UPDATE conversations SET updated_ms = max(updated_ms, ?) WHERE id = ?');
  const updateTitle = connection.prepare('UPDATE conversations SET title = ? WHERE id = ?');
  const updateHead = connection.prepare('UPDATE conversations SET head_id = ? WHERE id = ?');
  const removals = [
    'DELETE FROM generation_log WHERE generation_key IN (SELECT key FROM generations WHERE conversation_id = ?)',
    'DELETE FROM generations WHERE conversation_id = ?',
    'DELETE FROM messages WHERE conversation_id = ?',
  ].map((sql) => connection.prepare(sql));
  const removeOne = connection.prepare('DELETE FROM conversations WHERE id = ?');

  function find(id: string): ConversationRecord | undefined {
    const row = selectOne.get(id) as ConversationRow | undefined;
    return row && toRecord(row);
  }

  return {
    find,
    list({ before, limit }) {
      const rows = before === undefined ? selectFirst.all(limit) : selectAfter.all(before.updatedMs, before.id, limit);
      return (rows as ConversationRow[]).map(toRecord);
    },
    tree(id) {
      const conversation = find(id);
      return conversation && { conversation, messages: (selectMessages.all(id) as MessageRow[]).map(toMessage) };
    },
    add: ({ id, title, atMs }) => void insert.run(id, title, atMs, atMs),
    addWhole(conversation) {
      const { id, title, createdMs, updatedMs, headId, messages } = conversation;
      insert.run(id, title, createdMs, updatedMs);
      for (const message of messages) insertMessage.run(...toValues(id, message));
      updateHead.run(headId, id);
      return { id, title, createdMs, updatedMs, headId, runningGenerationId: undefined };
    },
    touch: (id, atMs) => void updateTime.run(atMs, id),
    rename(id, title) {
      updateTitle.run(title, id);
      return find(id);
    },
    setHead(id, messageId) {
      if (hasMessage.get(messageId, id) === undefined) return undefined;
      updateHead.run(messageId, id);
      return find(id);
    },
    remove(id) {
      for (const removal of removals) removal.run(id);
      return Number(removeOne.run(id).changes) > 0;
    },
  };
}

interface ConversationRow {
  readonly id: string;
  readonly title: string;
  readonly created_ms: number;
  readonly updated_ms: number;
  readonly head_id: string | null;
  readonly running_id: string | null;
}

function toRecord(row: ConversationRow): ConversationRecord {
  return {
    id: row.id,
    title: row.title,
    createdMs: row.created_ms,
    updatedMs: row.updated_ms,
    headId: row.head_id,
    runningGenerationId: row.running_id ?? undefined,
  };
}

interface MessageRow {
  readonly id: string;
  readonly parent_id: string | null;
  readonly role: MessageRecord['role'];
  readonly content: string;
  readonly created_ms: number;
  readonly system: string | null;
  readonly reasoning: string | null;
  readonly state: NonNullable<MessageRecord['state']> | null;
  readonly generation_id: string | null;
  readonly model: string | null;
  readonly finish_reason: string | null;
  readonly receipt: string | null;
  readonly error: string | null;
}

function toMessage(row: MessageRow): MessageRecord {
  return {
    id: row.id,
    parentId: row.parent_id,
    role: row.role,
    content: row.content,
    createdMs: row.created_ms,
    system: row.system ?? undefined,
    reasoning: row.reasoning ?? undefined,
    state: row.state ?? undefined,
    generationId: row.generation_id ?? undefined,
    model: row.model ?? undefined,
    finishReason: row.finish_reason ?? undefined,
    receipt: row.receipt === null ? undefined : (JSON.parse(row.receipt) as MessageRecord['receipt']),
    error: row.error === null ? undefined : (JSON.parse(row.error) as MessageRecord['error']),
  };
}

function toValues(conversationId: string, message: NewMessage): SqliteValue[] {
  const { id, parentId, role, content, createdMs, system, state, reasoning, model, finishReason, receipt, error } = message;
  const texts = [system, state, reasoning, model, finishReason].map((value) => value ?? null);
  return [id, conversationId, parentId, role, content, createdMs, ...texts, toJson(receipt), toJson(error)];
}

function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
