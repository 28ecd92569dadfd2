import type { Migration } from './migration.ts';

/** What a conversation is beside its messages, deletions that are not final yet, presets, and answers that go on from others. */
export const metadata: Migration = {
  name: 'metadata',
  statements: [
    'ALTER TABLE conversations ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1))',
    'ALTER TABLE conversations ADD COLUMN archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1))',
    'ALTER TABLE conversations ADD COLUMN folder TEXT',
    'ALTER TABLE conversations ADD COLUMN settings TEXT',
    'ALTER TABLE conversations ADD COLUMN deleted_ms INTEGER',
    'DROP INDEX conversations_by_change',
    `CREATE INDEX conversations_listed ON conversations (pinned DESC, updated_ms DESC, id DESC, archived) WHERE deleted_ms IS NULL`,
    `CREATE INDEX conversations_by_folder ON conversations (folder, pinned DESC, updated_ms DESC, id DESC, archived)
      WHERE deleted_ms IS NULL AND folder IS NOT NULL`,
    'CREATE INDEX conversations_deleted ON conversations (deleted_ms) WHERE deleted_ms IS NOT NULL',
    'ALTER TABLE messages ADD COLUMN continues_id TEXT',
    `CREATE TABLE presets (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      settings TEXT NOT NULL,
      created_ms INTEGER NOT NULL,
      updated_ms INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
  ],
};
