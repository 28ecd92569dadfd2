import type { Migration } from './migration.ts';

/** Small things of the server itself, each by kind and name: routes of tasks, defaults of models. The value is JSON. */
export const keptValues: Migration = {
  name: 'kept values',
  statements: [
    'CREATE TABLE kept_values (kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, name)) STRICT, WITHOUT ROWID',
  ],
};
