import type { LearnedFigure, ModelStore } from '@pilotlight/contract';

import type { SqliteConnection } from './sqlite-connection.ts';
import type { Operation } from './sqlite-chat-store.ts';

export type ModelOperations = {
  readonly [Method in keyof ModelStore]: Operation<Parameters<ModelStore[Method]>, Awaited<ReturnType<ModelStore[Method]>>>;
};

/** Beyond so many keys the oldest are forgotten: models that were removed long ago. */
export const MOST_FIGURES = 2_000;

/** What the gateway keeps, on one SQLite connection with the present schema. */
export function createModelTables(connection: SqliteConnection): ModelOperations {
  const figures = connection.prepare('SELECT key, value FROM learned_figures ORDER BY key');
  const newest = connection.prepare('SELECT coalesce(max(turn), 0) AS turn FROM learned_figures');
  const upsert = connection.prepare(
    `INSERT INTO learned_figures (key, value, turn) VALUES (?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value, turn = excluded.turn`,
  );
  const forget = connection.prepare(
    'DELETE FROM learned_figures WHERE key IN (SELECT key FROM learned_figures ORDER BY turn DESC, key LIMIT -1 OFFSET ?)',
  );
  const pinned = connection.prepare('SELECT model FROM pinned_models ORDER BY model');
  const insertPin = connection.prepare('INSERT INTO pinned_models (model) VALUES (?) ON CONFLICT (model) DO NOTHING');
  const deletePin = connection.prepare('DELETE FROM pinned_models WHERE model = ?');

  function keepLearned(kept: readonly LearnedFigure[]): void {
    const turn = (newest.get() as { readonly turn: number }).turn + 1;
    for (const { key, value } of kept) upsert.run(key, value, turn);
    forget.run(MOST_FIGURES);
  }

  return {
    learned: { durability: 'read', run: () => (figures.all() as LearnedFigure[]).map(({ key, value }) => ({ key, value })) },
    keepLearned: { durability: 'normal', run: keepLearned },
    pins: { durability: 'read', run: () => (pinned.all() as { readonly model: string }[]).map(({ model }) => model) },
    setPin: { durability: 'full', run: (model, isPinned) => void (isPinned ? insertPin : deletePin).run(model) },
  };
}
