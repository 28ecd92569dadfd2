import type { Migration } from '../../migrations/migration.ts';

/** Small things of the server itself, each by kind and name: routes of tasks, defaults of models. The value is JSON. */
export const keptValues: Migration = {
  name: 'kept values',
  statements: [
    'CREATE TABLE kept_values (kind text COLLATE "C" NOT NULL, name text COLLATE "C" NOT NULL, value text NOT NULL, PRIMARY KEY (kind, name))',
  ],
};
