import type { ChatStore } from '@pilotlight/chat';
import { Kysely, SqliteDialect } from 'kysely';

import { begin, toOrigin } from './begin.ts';
import { createConversations } from './conversations.ts';
import { claim, end, toRunning } from './generations.ts';
import type { Schema } from './schema.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { createSqliteLog } from './sqlite-log.ts';
import { createTransactions } from './transaction.ts';

/**
 * The chat's store on one SQLite connection with the present schema. Its methods must be called one after the other (`serve` does), since they share the
 * connection; they throw whatever the connection throws.
 */
export function createSqliteChatStore(connection: SqliteConnection): ChatStore {
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: connection }) });
  const log = createSqliteLog(connection);
  const transactions = createTransactions(connection);
  const conversations = createConversations(db);
  return {
    begin: (beginning) => transactions.run('full', () => begin({ db, log }, beginning)),
    append: (groups) => transactions.run('normal', () => groups.map((group) => log.append(group))),
    end: (ending) => transactions.run('full', () => end({ db, log }, ending)),
    read: async (query) => log.read(query),
    claim: (generationId) => transactions.run('full', () => claim(db, generationId)),
    running: () => toRunning(db),
    answer: (conversationId, answerId) => toOrigin(db, conversationId, answerId),
    list: (query) => conversations.list(query),
    conversation: (id) => conversations.tree(id),
    rename: (id, title) => transactions.run('full', () => conversations.rename(id, title)),
    setHead: (id, messageId) => transactions.run('full', () => conversations.setHead(id, messageId)),
    remove: (id) => transactions.run('full', () => conversations.remove(id)),
  };
}
