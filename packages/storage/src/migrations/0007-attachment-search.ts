import type { Migration } from './migration.ts';

/**
 * The full-text index over attached files: the name of each and the first 250,000 characters of its text. Triggers keep it in step. A file never changes, so what
 * is removed need not be given again to be taken out. What was attached before waits in a list for the server to find time for it: a start does not wait for that.
 */
export const attachmentSearch: Migration = {
  name: 'attachment-search',
  statements: [
    `CREATE VIRTUAL TABLE attachment_index USING fts5 (
      name, text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
    )`,
    'CREATE TABLE attachments_to_index (key INTEGER PRIMARY KEY) STRICT',
    'INSERT INTO attachments_to_index (key) SELECT key FROM attachments',
    `CREATE TRIGGER attachments_added AFTER INSERT ON attachments BEGIN
      INSERT INTO attachment_index (rowid, name, text) VALUES (new.key, new.name, substr(coalesce(new.text, ''), 1, 250000));
    END`,
    `CREATE TRIGGER attachments_removed AFTER DELETE ON attachments BEGIN
      DELETE FROM attachment_index WHERE rowid = old.key;
      DELETE FROM attachments_to_index WHERE key = old.key;
    END`,
  ],
};
