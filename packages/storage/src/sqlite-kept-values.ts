import type { KeptValue, KeptValues } from '@pilotlight/contract';

import type { Operation } from './sqlite-chat-store.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

export type KeptOperations = {
  readonly [Method in keyof KeptValues]: Operation<Parameters<KeptValues[Method]>, Awaited<ReturnType<KeptValues[Method]>>>;
};

/** Small things of the server itself, on one SQLite connection with the present schema. */
export function createKeptTable(connection: SqliteConnection): KeptOperations {
  const select = connection.prepare('SELECT name, value FROM kept_values WHERE kind = ? ORDER BY name');
  const upsert = connection.prepare(
    'INSERT INTO kept_values (kind, name, value) VALUES (?, ?, ?) ON CONFLICT (kind, name) DO UPDATE SET value = excluded.value',
  );
  const remove = connection.prepare('DELETE FROM kept_values WHERE kind = ? AND name = ?');

  function keep(kind: string, values: readonly KeptValue[]): void {
    for (const { name, value } of values) {
      if (value === undefined) remove.run(kind, name);
      else upsert.run(kind, name, JSON.stringify(value));
    }
  }

  return {
    kept: {
      durability: 'read',
      run: (kind) =>
        (select.all(kind) as { readonly name: string; readonly value: string }[]).map(({ name, value }) => ({
          name,
          value: JSON.parse(value) as unknown,
        })),
    },
    keep: { durability: 'full', run: keep },
  };
}
