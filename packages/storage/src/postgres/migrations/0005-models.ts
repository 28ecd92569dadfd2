import type { Migration } from '../../migrations/migration.ts';

/** What is kept of models: figures that were measured of them, and which ones are pinned. `turn` grows with every writing. */
export const models: Migration = {
  name: 'models',
  statements: [
    'CREATE TABLE learned_figures (key text COLLATE "C" PRIMARY KEY, value text NOT NULL, turn bigint NOT NULL)',
    'CREATE INDEX learned_figures_by_turn ON learned_figures (turn, key)',
    'CREATE TABLE pinned_models (model text COLLATE "C" PRIMARY KEY)',
  ],
};
