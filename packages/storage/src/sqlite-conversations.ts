import type {
  ConversationDetailsRecord,
  ConversationRecord,
  ConversationStart,
  ConversationTree,
  ListQuery,
  MessageRecord,
  NewConversation,
} from '@pilotlight/chat';

import type { AttachmentTables } from './sqlite-attachments.ts';
import { toDetails, toMessage, toMessageValues, toRecord } from './conversation-rows.ts';
import type { ConversationRow, MessageRow } from './conversation-rows.ts';
import { toSettingsJson } from './settings-json.ts';
import type { SqliteConnection, SqliteStatement } from './sqlite-connection.ts';
import type { LogTable } from './sqlite-log.ts';

/** Conversations as a whole. What writes runs within the caller's transaction. */
export interface ConversationTables {
  /** Undefined: there is none, or it is hidden. */
  readonly find: (id: string) => ConversationRecord | undefined;
  /** Hidden ones, too. */
  readonly findAny: (id: string) => ConversationRecord | undefined;
  readonly isHidden: (id: string) => boolean;
  readonly details: (id: string) => ConversationDetailsRecord | undefined;
  readonly list: (query: ListQuery) => ConversationRecord[];
  readonly tree: (id: string) => ConversationTree | undefined;
  readonly message: (conversationId: string, messageId: string) => MessageRecord | undefined;
  readonly add: (conversation: AddedConversation) => void;
  /** Adds a conversation with its messages, none of which is being written. */
  readonly addWhole: (conversation: NewConversation) => ConversationRecord;
  /** Notes that it changed. */
  readonly touch: (id: string, atMs: number) => void;
  readonly rename: (id: string, title: string) => ConversationRecord | undefined;
  readonly retitle: (id: string, former: string, title: string) => ConversationRecord | undefined;
  readonly setHead: (id: string, messageId: string) => ConversationRecord | undefined;
  readonly remove: (id: string) => boolean;
}

export interface AddedConversation {
  readonly id: string;
  readonly title: string;
  readonly atMs: number;
  readonly start: ConversationStart | undefined;
}

const SELECT = `
  SELECT id, title, created_ms, updated_ms, head_id, pinned, archived, folder, settings, deleted_ms,
    (SELECT g.id FROM generations g WHERE g.conversation_id = c.id AND g.closed = 0 ORDER BY g.key DESC LIMIT 1) AS running_id
  FROM conversations c`;
const MESSAGE = `
  SELECT id, parent_id, role, content, created_ms, system, reasoning, state, generation_id, model, finish_reason, receipt, error, continues_id
  FROM messages`;

interface Tables {
  readonly attachments: AttachmentTables;
  readonly log: Pick<LogTable, 'settleAll'>;
}

export function createConversationTables(connection: SqliteConnection, tables: Tables): ConversationTables {
  const reading = createReading(connection, tables.attachments);
  return { ...reading, ...createWriting({ ...tables, connection, reading }) };
}

type Reading = Pick<ConversationTables, 'find' | 'findAny' | 'isHidden' | 'details' | 'list' | 'tree' | 'message'>;

function createReading(connection: SqliteConnection, attachments: AttachmentTables): Reading {
  const selectOne = connection.prepare(`${SELECT} WHERE id = ?`);
  const selectMessages = connection.prepare(`${MESSAGE} WHERE conversation_id = ? ORDER BY seq`);
  const selectMessage = connection.prepare(`${MESSAGE} WHERE id = ? AND conversation_id = ?`);

  function row(id: string): ConversationRow | undefined {
    return selectOne.get(id) as ConversationRow | undefined;
  }

  function shown(id: string): ConversationRow | undefined {
    const found = row(id);
    return found?.deleted_ms === null ? found : undefined;
  }

  return {
    find(id) {
      const found = shown(id);
      return found && toRecord(found);
    },
    findAny(id) {
      const found = row(id);
      return found && toRecord(found);
    },
    isHidden: (id) => typeof row(id)?.deleted_ms === 'number',
    details(id) {
      const found = shown(id);
      return found && toDetails(found);
    },
    list: createList(connection),
    tree(id) {
      const found = shown(id);
      if (found === undefined) return undefined;
      const attached = attachments.ofConversation(id);
      const messages = (selectMessages.all(id) as MessageRow[]).map((message) => toMessage(message, attached.get(message.id)));
      return { ...toDetails(found), messages };
    },
    message(conversationId, messageId) {
      const found = shown(conversationId) && (selectMessage.get(messageId, conversationId) as MessageRow | undefined);
      return found && toMessage(found, attachments.ofMessage(messageId));
    },
  };
}

interface WritingContext extends Tables {
  readonly connection: SqliteConnection;
  readonly reading: Reading;
}

function createWriting({ connection, attachments, log, reading }: WritingContext): Omit<ConversationTables, keyof Reading> {
  const { find, message } = reading;
  const insert = connection.prepare(`
    INSERT INTO conversations (id, title, created_ms, updated_ms, pinned, archived, folder, settings) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const insertMessage = connection.prepare(`
    INSERT INTO messages (id, conversation_id, parent_id, role, content, created_ms, system, state, reasoning, model, finish_reason, receipt, error,
      continues_id)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const updateTime = connection.prepare('UPDATE conversations SET updated_ms = max(updated_ms, ?) WHERE id = ?');
  const updateTitle = connection.prepare('UPDATE conversations SET title = ? WHERE id = ?');
  const updateHead = connection.prepare('UPDATE conversations SET head_id = ? WHERE id = ?');
  const removals = [
    'DELETE FROM generation_log WHERE generation_key IN (SELECT key FROM generations WHERE conversation_id = ?)',
    'DELETE FROM generations WHERE conversation_id = ?',
    'DELETE FROM messages WHERE conversation_id = ?',
  ].map((sql) => connection.prepare(sql));
  const removeOne = connection.prepare('DELETE FROM conversations WHERE id = ?');

  return {
    add({ id, title, atMs, start }) {
      insert.run(id, title, atMs, atMs, 0, 0, start?.folder ?? null, toSettingsJson(start?.settings));
    },
    addWhole(conversation) {
      const { id, title, createdMs, updatedMs, headId, messages, pinned, archived, folder, settings } = conversation;
      insert.run(id, title, createdMs, updatedMs, Number(pinned), Number(archived), folder ?? null, toSettingsJson(settings));
      for (const one of messages) {
        insertMessage.run(...toMessageValues(id, one));
        const missing = attachments.refer(
          one.id,
          (one.attachments ?? []).map((attachment) => attachment.id),
        );
        if (missing !== undefined) throw new Error(`the attachment ${missing} is not there`);
      }
      updateHead.run(headId, id);
      return { id, title, createdMs, updatedMs, headId, pinned, archived, folder, runningGenerationId: undefined };
    },
    touch: (id, atMs) => void updateTime.run(atMs, id),
    rename(id, title) {
      if (find(id) !== undefined) updateTitle.run(title, id);
      return find(id);
    },
    retitle(id, former, title) {
      if (find(id)?.title !== former) return undefined;
      updateTitle.run(title, id);
      return find(id);
    },
    setHead(id, messageId) {
      if (message(id, messageId) === undefined) return undefined;
      updateHead.run(messageId, id);
      return find(id);
    },
    remove(id) {
      log.settleAll();
      for (const removal of removals) removal.run(id);
      return Number(removeOne.run(id).changes) > 0;
    },
  };
}

/** The list in all its cuts; each is read along an index. */
function createList(connection: SqliteConnection): (query: ListQuery) => ConversationRecord[] {
  const statements = new Map<string, SqliteStatement>();
  function prepare(sql: string): SqliteStatement {
    const prepared = statements.get(sql) ?? connection.prepare(sql);
    statements.set(sql, prepared);
    return prepared;
  }
  return ({ before, limit, archived, folder }) => {
    const conditions = [
      'deleted_ms IS NULL',
      ...(folder === undefined ? [] : ['folder = ?']),
      ...(archived === undefined ? [] : ['archived = ?']),
      ...(before === undefined ? [] : ['(pinned, updated_ms, id) < (?, ?, ?)']),
    ];
    const values = [
      ...(folder === undefined ? [] : [folder]),
      ...(archived === undefined ? [] : [Number(archived)]),
      ...(before === undefined ? [] : [Number(before.pinned), before.updatedMs, before.id]),
    ];
    const sql = `${SELECT} WHERE ${conditions.join(' AND ')} ORDER BY pinned DESC, updated_ms DESC, id DESC LIMIT ?`;
    return (prepare(sql).all(...values, limit) as ConversationRow[]).map(toRecord);
  };
}
