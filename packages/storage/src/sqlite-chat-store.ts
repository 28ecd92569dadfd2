import type { ChatStore } from '@pilotlight/chat';

import type { SqliteConnection } from './sqlite-connection.ts';
import { createConversationTables } from './sqlite-conversations.ts';
import { createGenerationTables } from './sqlite-generations.ts';
import { createLogTable } from './sqlite-log.ts';
import { createTransact } from './transaction.ts';

/** The chat's store on one SQLite connection with the present schema. Its methods reject with whatever the connection throws. */
export function createSqliteChatStore(connection: SqliteConnection): ChatStore {
  const transact = createTransact(connection);
  const log = createLogTable(connection);
  const conversations = createConversationTables(connection);
  const generations = createGenerationTables(connection, { log, conversations });
  return {
    begin: async (beginning) => transact('full', () => generations.begin(beginning)),
    append: async (groups) => transact('normal', () => groups.map((group) => log.append(group))),
    end: async (ending) => transact('full', () => generations.end(ending)),
    read: async (query) => log.read(query),
    claim: async (generationId) => transact('full', () => generations.claim(generationId)),
    running: async () => generations.running(),
    answer: async (conversationId, answerId) => generations.origin(conversationId, answerId),
    list: async (query) => conversations.list(query),
    conversation: async (id) => conversations.tree(id),
    rename: async (id, title) => transact('full', () => conversations.rename(id, title)),
    setHead: async (id, messageId) => transact('full', () => conversations.setHead(id, messageId)),
    remove: async (id) => transact('full', () => conversations.remove(id)),
  };
}
