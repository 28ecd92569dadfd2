import type { KeptValue } from '@pilotlight/contract';

import type { PostgresSession } from './postgres-session.ts';

// Small things of the server itself. What writes runs within the caller's transaction.

const UPSERT =
  'INSERT INTO kept_values (kind, name, value) VALUES ($1, $2, $3) ON CONFLICT (kind, name) DO UPDATE SET value = excluded.value';

export async function listKept(session: PostgresSession, kind: string): Promise<KeptValue[]> {
  const rows = await session.all('SELECT name, value FROM kept_values WHERE kind = $1 ORDER BY name', kind);
  return (rows as { readonly name: string; readonly value: string }[]).map(({ name, value }) => ({
    name,
    value: JSON.parse(value) as unknown,
  }));
}

export async function keepValues(session: PostgresSession, kind: string, values: readonly KeptValue[]): Promise<void> {
  for (const { name, value } of values) {
    if (value === undefined) await session.run('DELETE FROM kept_values WHERE kind = $1 AND name = $2', kind, name);
    else await session.run(UPSERT, kind, name, JSON.stringify(value));
  }
}
