import { MIGRATION_NAMES } from './migrations/migrate.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { StorageFault } from './storage-fault.ts';

/** What is in a database, for people and to compare copies. */
export interface DatabaseFacts {
  /** The number of its schema. */
  readonly schema: number;
  readonly conversations: number;
  readonly messages: number;
  readonly generations: number;
  readonly logGroups: number;
  readonly sizeBytes: number;
}

/** Counts what is in a database. Throws if it is none of Pilotlight's. */
export function readDatabaseFacts(connection: SqliteConnection, sizeBytes: number): DatabaseFacts {
  const schema = readSchema(connection);
  const count = (table: string): number =>
    (connection.prepare(`SELECT count(*) AS count FROM ${table}`).get() as { readonly count: number }).count;
  return {
    schema,
    conversations: count('conversations'),
    messages: count('messages'),
    generations: count('generations'),
    logGroups: count('generation_log'),
    sizeBytes,
  };
}

/** The number of the schema. Throws if the steps that led to it are not those of this program; a newer number is no error here. */
function readSchema(connection: SqliteConnection): number {
  const isThere = connection.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'migrations'").get() !== undefined;
  const steps = isThere
    ? (connection.prepare('SELECT number, name FROM migrations ORDER BY number').all() as { number: number; name: string }[])
    : [];
  const isOurs =
    steps.length > 0 &&
    steps.every(({ number, name }) => MIGRATION_NAMES[number - 1] === undefined || MIGRATION_NAMES[number - 1] === name);
  if (!isOurs) throw new StorageFault('storage_unavailable', 'The file is no database of Pilotlight.');
  return steps.at(-1)?.number ?? 0;
}
