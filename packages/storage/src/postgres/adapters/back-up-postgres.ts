import { writeCopy } from '../../adapters/copy-database.ts';
import { openDatabase } from '../../adapters/open-database.ts';
import type { DatabaseFacts } from '../../database-facts.ts';
import { migrate, MIGRATION_NAMES, refuseNewer } from '../../migrations/migrate.ts';
import type { SqliteConnection, SqliteValue } from '../../sqlite-connection.ts';
import { StorageFault } from '../../storage-fault.ts';
import { postgresSchemaOf } from '../migrations/migrate.ts';
import { withPostgres } from '../open-postgres.ts';
import type { PostgresSession } from '../postgres-session.ts';
import { COPIED_TABLES } from '../tables.ts';
import type { CopiedTable } from '../tables.ts';

export interface BackUpPostgresOptions {
  readonly url: string;
  /** Absolute path of a file that is not there yet. */
  readonly file: string;
  readonly nowMs: number;
}

/**
 * Writes what is in a Postgres database at one instant into a file as a backup from the data folder is: the same program restores it into either. A server
 * may write meanwhile. Rejects with a `StorageFault`.
 */
export function backUpPostgres({ url, file, nowMs }: BackUpPostgresOptions): Promise<DatabaseFacts> {
  return withPostgres(url, async (session) => {
    await session.exec('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    refuseSchema(await postgresSchemaOf(session));
    return writeCopy(file, (partial) => fill(session, partial, nowMs));
  });
}

function refuseSchema(schema: number): void {
  if (schema === 0) throw new StorageFault('storage_unavailable', 'There is no database yet: nothing was stored so far.');
  refuseNewer(schema);
  if (schema === MIGRATION_NAMES.length) return;
  throw new StorageFault(
    'storage_unavailable',
    'The database is of an older version of Pilotlight. Start this version once, or make the backup with pg_dump.',
  );
}

async function fill(session: PostgresSession, file: string, nowMs: number): Promise<DatabaseFacts> {
  const target = openDatabase({ file });
  try {
    // Until it is whole nobody reads it: nothing of it has to be on the disk before.
    target.exec('PRAGMA synchronous = OFF');
    migrate(target, nowMs);
    target.exec('BEGIN');
    for (const table of COPIED_TABLES) await copyTable(session, target, table);
    target.exec('COMMIT');
  } finally {
    target.close();
  }
  return readFacts(session);
}

async function copyTable(session: PostgresSession, target: SqliteConnection, { name, order, rows }: CopiedTable): Promise<void> {
  const columns = columnsOf(target, name);
  const insert = target.prepare(`INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`);
  await session.exec(`DECLARE copied NO SCROLL CURSOR FOR SELECT ${columns.join(', ')} FROM ${name} ORDER BY ${order}`);
  for (;;) {
    const page = (await session.planned(`FETCH ${rows} FROM copied`)) as Record<string, SqliteValue>[];
    for (const row of page) insert.run(...columns.map((column) => row[column] ?? null));
    if (page.length < rows) break;
  }
  await session.exec('CLOSE copied');
}

/** The columns of a table, which are the same in both databases. */
export function columnsOf(connection: SqliteConnection, table: string): string[] {
  return (connection.prepare('SELECT name FROM pragma_table_info(?)').all(table) as { readonly name: string }[]).map(({ name }) => name);
}

async function readFacts(session: PostgresSession): Promise<DatabaseFacts> {
  const [counted] = await session.planned(`
    SELECT (SELECT max(number) FROM migrations) AS schema, (SELECT count(*) FROM conversations) AS conversations,
      (SELECT count(*) FROM messages) AS messages, (SELECT count(*) FROM generations) AS generations,
      (SELECT count(*) FROM generation_log) AS "logGroups", 0 AS "sizeBytes"`);
  return counted as DatabaseFacts;
}
