import type { SqliteConnection } from '../sqlite-connection.ts';
import { StorageFault } from '../storage-fault.ts';
import { conversations } from './0001-conversations.ts';
import { search } from './0002-search.ts';
import { metadata } from './0003-metadata.ts';
import { context } from './0004-context.ts';
import { models } from './0005-models.ts';
import { keptValues } from './0006-kept-values.ts';
import { attachmentSearch } from './0007-attachment-search.ts';
import { logJournal } from './0008-log-journal.ts';
import type { Migration } from './migration.ts';

/** In their order: the number of a step is its place, from 1. */
export const MIGRATIONS: readonly Migration[] = [
  conversations,
  search,
  metadata,
  context,
  models,
  keptValues,
  attachmentSearch,
  logJournal,
];

/** The names of all steps. */
export const MIGRATION_NAMES: readonly string[] = MIGRATIONS.map(({ name }) => name);

/** Throws if a schema of this number is newer than this program. */
export function refuseNewer(schema: number, known: number = MIGRATIONS.length): void {
  if (schema <= known) return;
  throw new StorageFault(
    'storage_unavailable',
    `The database was written by a newer version of Pilotlight: its schema has the number ${schema}, this version knows those up to ${known}. Start the newer version, or choose another data folder.`,
  );
}

/** The schema that a database has before it is migrated; 0 for a new one. */
export function schemaOf(connection: SqliteConnection): number {
  const isThere = connection.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'").get() !== undefined;
  if (!isThere) return 0;
  const row = connection.prepare('SELECT max(number) AS newest FROM migrations').get() as { readonly newest: number | null };
  return row.newest ?? 0;
}

/** How many steps a database still has to take. Throws if it was written by a newer program. */
export function stepsLeft(connection: SqliteConnection): number {
  const schema = schemaOf(connection);
  refuseNewer(schema);
  return MIGRATIONS.length - schema;
}

/**
 * Brings the database to the schema of this program, forward only: each step in a transaction of its own together with the note that it was taken, so that an
 * interrupted start goes on where it was. Refuses a database that a newer program has written. Returns the steps taken.
 */
export function migrate(connection: SqliteConnection, nowMs: number, migrations: readonly Migration[] = MIGRATIONS): number {
  connection.exec(
    'CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_ms INTEGER NOT NULL) STRICT',
  );
  const applied = connection.prepare('SELECT number, name FROM migrations ORDER BY number').all() as { number: number; name: string }[];
  const newest = applied.at(-1)?.number ?? 0;
  refuseNewer(newest, migrations.length);
  let steps = 0;
  for (const [index, { name, statements }] of migrations.entries()) {
    const number = index + 1;
    if (applied.some((row) => row.number === number)) continue;
    applyStep(connection, [...statements, { sql: 'INSERT INTO migrations VALUES (?, ?, ?)', values: [number, name, nowMs] }]);
    steps += 1;
  }
  return steps;
}

type Statement = string | { readonly sql: string; readonly values: readonly (string | number)[] };

function applyStep(connection: SqliteConnection, statements: readonly Statement[]): void {
  connection.exec('BEGIN IMMEDIATE');
  try {
    for (const statement of statements) {
      if (typeof statement === 'string') connection.exec(statement);
      else connection.prepare(statement.sql).run(...statement.values);
    }
    connection.exec('COMMIT');
  } catch (error) {
    connection.exec('ROLLBACK');
    throw error;
  }
}
