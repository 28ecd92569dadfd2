import type { Migration } from '../../migrations/migration.ts';

/** Nothing changes here: groups of running logs go to their places at once, since a commit writes the rows that are new and not the pages around them. */
export const logJournal: Migration = { name: 'log-journal', statements: [] };
