import type { Migration } from './migration.ts';

/** Without a copy of the text: a row is taken out by giving its text again. Prefixes of two and three letters have an index of their own. */
const INDEX = `content = '', tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'`;

/** The full-text index over titles and messages. Triggers keep it in step, in the transaction of the change itself, whoever makes it. */
export const search: Migration = {
  name: 'search',
  statements: [
    // Conversations have no number, which an index needs.
    'CREATE TABLE search_titles (key INTEGER PRIMARY KEY, conversation_id TEXT NOT NULL UNIQUE) STRICT',
    `CREATE VIRTUAL TABLE title_index USING fts5 (title, ${INDEX})`,
    `CREATE VIRTUAL TABLE message_index USING fts5 (content, ${INDEX})`,
    'INSERT INTO search_titles (conversation_id) SELECT id FROM conversations ORDER BY created_ms, id',
    'INSERT INTO title_index (rowid, title) SELECT t.key, c.title FROM search_titles t JOIN conversations c ON c.id = t.conversation_id',
    "INSERT INTO message_index (rowid, content) SELECT seq, content FROM messages WHERE content <> '' ORDER BY seq",
    `CREATE TRIGGER conversations_added AFTER INSERT ON conversations BEGIN
      INSERT INTO search_titles (conversation_id) VALUES (new.id);
      INSERT INTO title_index (rowid, title) SELECT key, new.title FROM search_titles WHERE conversation_id = new.id;
    END`,
    `CREATE TRIGGER conversations_renamed AFTER UPDATE OF title ON conversations BEGIN
      INSERT INTO title_index (title_index, rowid, title) SELECT 'delete', key, old.title FROM search_titles WHERE conversation_id = new.id;
      INSERT INTO title_index (rowid, title) SELECT key, new.title FROM search_titles WHERE conversation_id = new.id;
    END`,
    `CREATE TRIGGER conversations_removed AFTER DELETE ON conversations BEGIN
      INSERT INTO title_index (title_index, rowid, title) SELECT 'delete', key, old.title FROM search_titles WHERE conversation_id = old.id;
      DELETE FROM search_titles WHERE conversation_id = old.id;
    END`,
    `CREATE TRIGGER messages_added AFTER INSERT ON messages WHEN new.content <> '' BEGIN
      INSERT INTO message_index (rowid, content) VALUES (new.seq, new.content);
    END`,
    `CREATE TRIGGER messages_changed AFTER UPDATE OF content ON messages WHEN new.content <> old.content BEGIN
      INSERT INTO message_index (message_index, rowid, content) SELECT 'delete', old.seq, old.content WHERE old.content <> '';
      INSERT INTO message_index (rowid, content) SELECT new.seq, new.content WHERE new.content <> '';
    END`,
    `CREATE TRIGGER messages_removed AFTER DELETE ON messages WHEN old.content <> '' BEGIN
      INSERT INTO message_index (message_index, rowid, content) VALUES ('delete', old.seq, old.content);
    END`,
  ],
};
