import { StorageFault } from '../../storage-fault.ts';
import type { Migration } from '../../migrations/migration.ts';
import { refuseNewer } from '../../migrations/migrate.ts';
import type { PostgresSession } from '../postgres-session.ts';
import { conversations } from './0001-conversations.ts';
import { search } from './0002-search.ts';
import { metadata } from './0003-metadata.ts';
import { context } from './0004-context.ts';
import { models } from './0005-models.ts';
import { keptValues } from './0006-kept-values.ts';
import { attachmentSearch } from './0007-attachment-search.ts';
import { logJournal } from './0008-log-journal.ts';

/** The same steps under the same numbers as over SQLite. */
export const POSTGRES_MIGRATIONS: readonly Migration[] = [
  conversations,
  search,
  metadata,
  context,
  models,
  keptValues,
  attachmentSearch,
  logJournal,
];

/** All that Pilotlight has in a database is in a schema of its own. */
export const SCHEMA = 'pilotlight';

/**
 * Brings the database to the schema of this program, forward only: each step in a transaction of its own together with the note that it was taken, so that
 * an interrupted start goes on where it was. Whoever calls this holds the lock of the database. Returns the steps taken.
 */
export async function migratePostgres(
  session: PostgresSession,
  nowMs: number,
  migrations: readonly Migration[] = POSTGRES_MIGRATIONS,
): Promise<number> {
  await makeSchema(session);
  const applied = (await session.all('SELECT number, name FROM migrations ORDER BY number')) as { number: number; name: string }[];
  refuseNewer(applied.at(-1)?.number ?? 0, migrations.length);
  refuseOthers(applied, migrations);
  let steps = 0;
  for (const [index, migration] of migrations.entries()) {
    const number = index + 1;
    if (applied.some((row) => row.number === number)) continue;
    await applyStep(session, { ...migration, number, nowMs });
    steps += 1;
  }
  return steps;
}

/** The number of the schema that the database has; 0: none yet. */
export async function postgresSchemaOf(session: PostgresSession): Promise<number> {
  const row = (await session.get(`SELECT to_regclass('${SCHEMA}.migrations') IS NOT NULL AS is_there`)) as { readonly is_there: boolean };
  if (!row.is_there) return 0;
  const newest = (await session.get(`SELECT coalesce(max(number), 0) AS number FROM ${SCHEMA}.migrations`)) as { readonly number: number };
  return newest.number;
}

/** Makes what is missing alone: a user who may not make a schema can be given one. */
async function makeSchema(session: PostgresSession): Promise<void> {
  const found = (await session.get(
    `SELECT to_regnamespace('${SCHEMA}') IS NOT NULL AS schema, to_regclass('${SCHEMA}.migrations') IS NOT NULL AS migrations`,
  )) as { readonly schema: boolean; readonly migrations: boolean };
  if (!found.schema) await session.exec(`CREATE SCHEMA ${SCHEMA}`);
  if (!found.migrations) {
    await session.exec('CREATE TABLE migrations (number integer PRIMARY KEY, name text NOT NULL, applied_ms bigint NOT NULL)');
  }
}

/** A schema of that name that belongs to another program is left alone. */
function refuseOthers(applied: readonly { readonly number: number; readonly name: string }[], migrations: readonly Migration[]): void {
  if (applied.every(({ number, name }) => migrations[number - 1]?.name === name)) return;
  throw new StorageFault('storage_unavailable', `The schema "${SCHEMA}" of this database is none of this program. Name another database.`);
}

/** All tables of this program in a schema that is not there yet, within the caller's transaction. */
export async function makeTables(session: PostgresSession, nowMs: number): Promise<void> {
  await makeSchema(session);
  for (const [index, migration] of POSTGRES_MIGRATIONS.entries()) await writeStep(session, { ...migration, number: index + 1, nowMs });
}

interface Step extends Migration {
  readonly number: number;
  readonly nowMs: number;
}

async function applyStep(session: PostgresSession, step: Step): Promise<void> {
  await session.exec('BEGIN; SET LOCAL statement_timeout TO 0');
  try {
    await writeStep(session, step);
    await session.exec('COMMIT');
  } catch (error) {
    await session.exec('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function writeStep(session: PostgresSession, { number, name, statements, nowMs }: Step): Promise<void> {
  await session.exec(statements.join(';\n'));
  await session.run('INSERT INTO migrations VALUES ($1, $2, $3)', number, name, nowMs);
}
