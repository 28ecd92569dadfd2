import type { Migration } from './migration.ts';

/** What is kept of models: figures that were measured of them, and which ones are pinned. `turn` grows with every writing. */
export const models: Migration = {
  name: 'models',
  statements: [
    'CREATE TABLE learned_figures (key TEXT PRIMARY KEY, value TEXT NOT NULL, turn INTEGER NOT NULL) STRICT, WITHOUT ROWID',
    'CREATE INDEX learned_figures_by_turn ON learned_figures (turn, key)',
    'CREATE TABLE pinned_models (model TEXT PRIMARY KEY) STRICT, WITHOUT ROWID',
  ],
};
