import type { Migration } from './migration.ts';

/** Where groups of running logs are committed, one row for all that are committed together; what has been moved into `generation_log` counts no more. */
export const logJournal: Migration = {
  name: 'log-journal',
  statements: ['CREATE TABLE log_journal (seq INTEGER PRIMARY KEY, entries TEXT NOT NULL) STRICT'],
};
