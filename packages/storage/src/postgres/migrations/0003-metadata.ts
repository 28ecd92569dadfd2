import type { Migration } from '../../migrations/migration.ts';

/** What a conversation is beside its messages, deletions that are not final yet, presets, and answers that go on from others. */
export const metadata: Migration = {
  name: 'metadata',
  statements: [
    `ALTER TABLE conversations
      ADD COLUMN pinned integer NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
      ADD COLUMN archived integer NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
      ADD COLUMN folder text COLLATE "C",
      ADD COLUMN settings text,
      ADD COLUMN deleted_ms bigint`,
    'CREATE INDEX conversations_listed ON conversations (pinned DESC, updated_ms DESC, id DESC, archived) WHERE deleted_ms IS NULL',
    `CREATE INDEX conversations_by_folder ON conversations (folder, pinned DESC, updated_ms DESC, id DESC, archived)
      WHERE deleted_ms IS NULL AND folder IS NOT NULL`,
    'CREATE INDEX conversations_deleted ON conversations (deleted_ms) WHERE deleted_ms IS NOT NULL',
    'ALTER TABLE messages ADD COLUMN continues_id text COLLATE "C"',
    `CREATE TABLE presets (
      id text COLLATE "C" PRIMARY KEY,
      name text COLLATE "C" NOT NULL,
      settings text NOT NULL,
      created_ms bigint NOT NULL,
      updated_ms bigint NOT NULL
    )`,
  ],
};
