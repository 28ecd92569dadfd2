import type { Migration } from '../../migrations/migration.ts';

/** The words of attached files, of the name of each and of the beginning of its text, and the list of those whose words are not there yet. */
export const attachmentSearch: Migration = {
  name: 'attachment-search',
  statements: [
    `CREATE TABLE attachment_words (
      key bigint PRIMARY KEY REFERENCES attachments (key) ON DELETE CASCADE,
      words tsvector NOT NULL
    )`,
    'CREATE INDEX attachment_words_index ON attachment_words USING gin (words) WITH (fastupdate = off)',
    'CREATE TABLE attachments_to_index (key bigint PRIMARY KEY REFERENCES attachments (key) ON DELETE CASCADE)',
    'INSERT INTO attachments_to_index (key) SELECT key FROM attachments',
  ],
};
