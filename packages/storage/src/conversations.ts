import type { ChatStore, ConversationRecord, ConversationTree, ListQuery, MessageRecord } from '@pilotlight/chat';
import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';

import type { Schema } from './schema.ts';

/** The methods of `ChatStore` that have to do with conversations as a whole; those that write, within a transaction. */
export interface Conversations {
  list(query: ListQuery): Promise<ConversationRecord[]>;
  tree(id: string): Promise<ConversationTree | undefined>;
  rename: ChatStore['rename'];
  setHead: ChatStore['setHead'];
  remove: ChatStore['remove'];
}

export function createConversations(db: Kysely<Schema>): Conversations {
  return {
    async list({ before, limit }) {
      const rows = await selectConversations(db)
        .$if(before !== undefined, (query) => query.where(sql<boolean>`(updated_ms, id) < (${before?.updatedMs}, ${before?.id})`))
        .orderBy('updated_ms', 'desc')
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toRecord);
    },
    async tree(id) {
      const conversation = await readConversation(db, id);
      if (conversation === undefined) return undefined;
      const rows = await db.selectFrom('messages').selectAll().where('conversation_id', '=', id).orderBy('seq').execute();
      return { conversation, messages: rows.map(toMessage) };
    },
    async rename(id, title) {
      await db.updateTable('conversations').set({ title }).where('id', '=', id).execute();
      return readConversation(db, id);
    },
    async setHead(id, messageId) {
      const message = db.selectFrom('messages').select('seq').where('id', '=', messageId).where('conversation_id', '=', id);
      if ((await message.executeTakeFirst()) === undefined) return undefined;
      await db.updateTable('conversations').set({ head_id: messageId }).where('id', '=', id).execute();
      return readConversation(db, id);
    },
    async remove(id) {
      const generations = db.selectFrom('generations').select('key').where('conversation_id', '=', id);
      await db.deleteFrom('generation_log').where('generation_key', 'in', generations).execute();
      await db.deleteFrom('generations').where('conversation_id', '=', id).execute();
      await db.deleteFrom('messages').where('conversation_id', '=', id).execute();
      const { numDeletedRows } = await db.deleteFrom('conversations').where('id', '=', id).executeTakeFirstOrThrow();
      return numDeletedRows > 0n;
    },
  };
}

/** One conversation, or undefined. */
export async function readConversation(db: Kysely<Schema>, id: string): Promise<ConversationRecord | undefined> {
  const row = await selectConversations(db).where('id', '=', id).executeTakeFirst();
  return row && toRecord(row);
}

function selectConversations(db: Kysely<Schema>) {
  return db
    .selectFrom('conversations')
    .select(['id', 'title', 'created_ms', 'updated_ms', 'head_id'])
    .select(
      sql<
        string | null
      >`(SELECT g.id FROM generations g WHERE g.conversation_id = conversations.id AND g.closed = 0 ORDER BY g.key DESC LIMIT 1)`.as(
        'running_id',
      ),
    );
}

interface ConversationRow extends Selectable<Schema['conversations']> {
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

function toMessage(row: Selectable<Schema['messages']>): MessageRecord {
  return {
    id: row.id,
    parentId: row.parent_id,
    role: row.role,
    content: row.content,
    createdMs: row.created_ms,
    reasoning: row.reasoning ?? undefined,
    state: row.state ?? undefined,
    generationId: row.generation_id ?? undefined,
    model: row.model ?? undefined,
    finishReason: row.finish_reason ?? undefined,
    receipt: row.receipt === null ? undefined : (JSON.parse(row.receipt) as MessageRecord['receipt']),
    error: row.error === null ? undefined : (JSON.parse(row.error) as MessageRecord['error']),
  };
}
