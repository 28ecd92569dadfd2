import type { Migration } from './migration.ts';

/** Conversations, their messages, generations and their logs. */
export const conversations: Migration = {
  name: 'conversations',
  statements: [
    `CREATE TABLE conversations (
      id TEXT PRIMARY KEY,
      title TEXT NOT NULL,
      created_ms INTEGER NOT NULL,
      updated_ms INTEGER NOT NULL,
      head_id TEXT
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX conversations_by_change ON conversations (updated_ms DESC, id DESC)',
    `CREATE TABLE messages (
      seq INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      conversation_id TEXT NOT NULL REFERENCES conversations (id),
      parent_id TEXT REFERENCES messages (id),
      role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
      content TEXT NOT NULL,
      created_ms INTEGER NOT NULL,
      system TEXT,
      state TEXT CHECK (state IN ('running', 'complete', 'stopped', 'failed', 'interrupted')),
      generation_id TEXT,
      reasoning TEXT,
      model TEXT,
      finish_reason TEXT,
      receipt TEXT,
      error TEXT
    ) STRICT`,
    'CREATE INDEX messages_by_conversation ON messages (conversation_id, seq)',
    'CREATE INDEX messages_by_parent ON messages (parent_id)',
    `CREATE TABLE generations (
      key INTEGER PRIMARY KEY,
      id TEXT NOT NULL UNIQUE,
      conversation_id TEXT NOT NULL REFERENCES conversations (id),
      question_id TEXT NOT NULL REFERENCES messages (id),
      answer_id TEXT NOT NULL UNIQUE REFERENCES messages (id),
      fingerprint TEXT NOT NULL,
      model TEXT,
      task TEXT NOT NULL,
      epoch INTEGER NOT NULL,
      next_offset INTEGER NOT NULL,
      closed INTEGER NOT NULL CHECK (closed IN (0, 1)),
      created_ms INTEGER NOT NULL,
      ended_ms INTEGER
    ) STRICT`,
    'CREATE INDEX generations_by_conversation ON generations (conversation_id)',
    'CREATE INDEX generations_by_question ON generations (question_id)',
    'CREATE INDEX generations_running ON generations (conversation_id, key) WHERE closed = 0',
    `CREATE TABLE generation_log (
      generation_key INTEGER NOT NULL REFERENCES generations (key),
      first_offset INTEGER NOT NULL,
      count INTEGER NOT NULL CHECK (count > 0),
      parts TEXT NOT NULL,
      PRIMARY KEY (generation_key, first_offset)
    ) STRICT, WITHOUT ROWID`,
  ],
};
