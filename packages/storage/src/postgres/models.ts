import type { LearnedFigure } from '@pilotlight/contract';

import { MOST_FIGURES } from '../sqlite-models.ts';
import type { PostgresSession } from './postgres-session.ts';

// What the gateway keeps. What writes runs within the caller's transaction.

const UPSERT = `
  INSERT INTO learned_figures (key, value, turn) VALUES ($1, $2, $3) ON CONFLICT (key) DO UPDATE SET value = excluded.value, turn = excluded.turn`;
const FORGET = 'DELETE FROM learned_figures WHERE key IN (SELECT key FROM learned_figures ORDER BY turn DESC, key OFFSET $1)';

export async function readLearned(session: PostgresSession): Promise<LearnedFigure[]> {
  return (await session.all('SELECT key, value FROM learned_figures ORDER BY key')) as LearnedFigure[];
}

export async function keepLearned(session: PostgresSession, figures: readonly LearnedFigure[]): Promise<void> {
  const { turn } = (await session.get('SELECT coalesce(max(turn), 0) + 1 AS turn FROM learned_figures')) as { readonly turn: number };
  for (const { key, value } of figures) await session.run(UPSERT, key, value, turn);
  await session.run(FORGET, MOST_FIGURES);
}

export async function listPins(session: PostgresSession): Promise<string[]> {
  const rows = (await session.all('SELECT model FROM pinned_models ORDER BY model')) as { readonly model: string }[];
  return rows.map(({ model }) => model);
}

export async function setPin(session: PostgresSession, model: string, isPinned: boolean): Promise<void> {
  const sql = isPinned
    ? 'INSERT INTO pinned_models (model) VALUES ($1) ON CONFLICT (model) DO NOTHING'
    : 'DELETE FROM pinned_models WHERE model = $1';
  await session.run(sql, model);
}
