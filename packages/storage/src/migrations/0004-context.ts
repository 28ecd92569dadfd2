import type { Migration } from './migration.ts';

/** Attached files, which messages refer to them, and summaries of what no longer fits into a context. */
export const context: Migration = {
  name: 'context',
  statements: [
    // The content stands last: who asks for the rest does not read it.
    `CREATE TABLE attachments (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('text', 'pdf', 'image')),
      media_type TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      facts TEXT NOT NULL,
      attached_ms INTEGER NOT NULL,
      text TEXT,
      content BLOB
    ) STRICT`,
    'CREATE INDEX attachments_by_time ON attachments (attached_ms)',
    `CREATE TABLE message_attachments (
      message_id TEXT NOT NULL,
      place INTEGER NOT NULL,
      attachment_id TEXT NOT NULL REFERENCES attachments (id),
      PRIMARY KEY (message_id, place)
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX message_attachments_by_attachment ON message_attachments (attachment_id)',
    `CREATE TRIGGER messages_removed_attachments AFTER DELETE ON messages BEGIN
      DELETE FROM message_attachments WHERE message_id = old.id;
    END`,
    `CREATE TABLE summaries (
      until_id TEXT PRIMARY KEY,
      conversation_id TEXT NOT NULL,
      text TEXT NOT NULL,
      model TEXT NOT NULL,
      made_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX summaries_by_conversation ON summaries (conversation_id)',
    `CREATE TRIGGER conversations_removed_summaries AFTER DELETE ON conversations BEGIN
      DELETE FROM summaries WHERE conversation_id = old.id;
    END`,
  ],
};
