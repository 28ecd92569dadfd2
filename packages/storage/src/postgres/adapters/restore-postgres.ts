import { chmodSync, copyFileSync, existsSync, rmSync, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';

import { checkSound, settleJournal } from '../../adapters/copy-database.ts';
import { makeFolder } from '../../adapters/make-folder.ts';
import { openDatabase } from '../../adapters/open-database.ts';
import { refuseInUse, toFileTime } from '../../adapters/restore-database.ts';
import type { Restored } from '../../adapters/restore-database.ts';
import { readDatabaseFacts } from '../../database-facts.ts';
import { migrate, refuseNewer, schemaOf } from '../../migrations/migrate.ts';
import type { SqliteConnection, SqliteValue } from '../../sqlite-connection.ts';
import { StorageFault } from '../../storage-fault.ts';
import { escapeText } from '../escape-text.ts';
import { makeTables, SCHEMA } from '../migrations/migrate.ts';
import { lock, withPostgres } from '../open-postgres.ts';
import type { PostgresSession } from '../postgres-session.ts';
import { COPIED_TABLES } from '../tables.ts';
import type { CopiedTable } from '../tables.ts';
import { toFileVector } from '../index-words.ts';
import { toTsvector } from '../words.ts';
import { columnsOf } from './back-up-postgres.ts';

export interface RestorePostgresOptions {
  readonly url: string;
  readonly backup: string;
  /** Absolute path of a file that is not there; the backup is copied to it for as long as it takes. */
  readonly incoming: string;
  readonly nowMs: number;
}

const BATCH_BYTES = 4_000_000;
/** What is made once, after the rows: each row for itself would cost as much as all together. */
const INDEXES = ['title_words_index ON title_words', 'message_words_index ON message_words', 'attachment_words_index ON attachment_words'];

/**
 * Puts a backup, from a data folder or from Postgres, in the place of what is in a Postgres database, in one transaction, while no server uses it. What was
 * there is kept beside it, as a schema of another name. Rejects with a `StorageFault`.
 */
export async function restorePostgres({ url, backup, incoming, nowMs }: RestorePostgresOptions): Promise<Restored> {
  if (!existsSync(backup)) throw new StorageFault('storage_unavailable', `There is no file ${basename(backup)}.`);
  refuseInUse(backup);
  makeFolder(dirname(incoming));
  try {
    copyFileSync(backup, incoming);
    chmodSync(incoming, 0o600);
    const sizeBytes = statSync(incoming).size;
    const source = openBackup(incoming, nowMs);
    try {
      const facts = readDatabaseFacts(source, sizeBytes);
      const replaced = await withPostgres(url, async (session) => {
        await lock(session);
        return fillDatabase(session, { source, nowMs });
      });
      return { ...facts, replaced };
    } finally {
      source.close();
    }
  } finally {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(incoming + suffix, { force: true });
  }
}

/** A copy of the backup, brought to the schema of this program. */
function openBackup(file: string, nowMs: number): SqliteConnection {
  let connection: SqliteConnection;
  try {
    connection = openDatabase({ file });
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== 26) throw error;
    throw new StorageFault('storage_unavailable', 'The file is no database of Pilotlight.', { cause: error });
  }
  try {
    // Whether it is one of ours is asked before anything is made in it.
    readDatabaseFacts(connection, 0);
    refuseNewer(schemaOf(connection));
    checkSound(connection);
    migrate(connection, nowMs);
    // It may be a database as a server left it.
    settleJournal(connection);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

interface Filling {
  readonly source: SqliteConnection;
  readonly nowMs: number;
}

/** Writes all of the source in one transaction. Resolves with where it is kept what was there before. */
async function fillDatabase(session: PostgresSession, { source, nowMs }: Filling): Promise<string | undefined> {
  await session.exec("BEGIN; SET LOCAL maintenance_work_mem TO '256MB'");
  const found = (await session.get(`SELECT to_regnamespace('${SCHEMA}') IS NOT NULL AS is_there`)) as { readonly is_there: boolean };
  const kept = `${SCHEMA}_replaced_${toFileTime(nowMs).replaceAll(/\D/g, '')}`;
  if (found.is_there) await session.exec(`ALTER SCHEMA ${SCHEMA} RENAME TO ${kept}`);
  await makeTables(session, nowMs);
  for (const index of INDEXES) await session.exec(`DROP INDEX ${index.split(' ')[0]}`);
  for (const table of COPIED_TABLES) await copyTable(session, source, table);
  for (const index of INDEXES) await session.exec(`CREATE INDEX ${index} USING gin (words) WITH (fastupdate = off)`);
  await session.exec('COMMIT');
  // What the server knows of new tables decides how it searches them.
  for (const { name } of COPIED_TABLES) await session.exec(`ANALYZE ${name}`);
  await session.exec('ANALYZE title_words, message_words, attachment_words');
  return found.is_there ? `the schema ${kept} of the database` : undefined;
}

async function copyTable(session: PostgresSession, source: SqliteConnection, table: CopiedTable): Promise<void> {
  const { name, order, rows, numbered } = table;
  const columns = columnsOf(source, name);
  const insert = `
    INSERT INTO ${name} (${columns.join(', ')}) SELECT ${columns.join(', ')} FROM json_populate_recordset(NULL::${SCHEMA}.${name}, $1::json)`;
  let batch: Row[] = [];
  let bytes = 0;
  async function write(): Promise<void> {
    if (batch.length === 0) return;
    await session.run(insert, JSON.stringify(batch.map(toPlain)));
    await writeWords(session, name, batch);
    batch = [];
    bytes = 0;
  }
  for (const row of source.prepare(`SELECT ${columns.join(', ')} FROM ${name} ORDER BY ${order}`).iterate() as Iterable<Row>) {
    batch.push(row);
    bytes += sizeOf(row);
    if (batch.length >= rows || bytes >= BATCH_BYTES) await write();
  }
  await write();
  if (numbered === undefined) return;
  await session.planned(
    `SELECT setval(pg_get_serial_sequence('${SCHEMA}.${name}', '${numbered}'), coalesce(max(${numbered}), 0) + 1, false) FROM ${name}`,
  );
}

type Row = Readonly<Record<string, SqliteValue>>;

function sizeOf(row: Row): number {
  return Object.values(row).reduce<number>((sum, value) => sum + (typeof value === 'number' || value === null ? 8 : value.length), 0);
}

/** As JSON can carry it, and Postgres takes it. */
function toPlain(row: Row): Readonly<Record<string, string | number | null>> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      if (typeof value === 'string') return [name, escapeText(value.toWellFormed())];
      return [name, value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value];
    }),
  );
}

async function writeWords(session: PostgresSession, table: string, rows: readonly Row[]): Promise<void> {
  if (table === 'conversations') {
    const sql =
      'INSERT INTO title_words (conversation_id, words) SELECT id, words::tsvector FROM unnest($1::text[], $2::text[]) added (id, words)';
    await session.run(
      sql,
      rows.map((row) => String(row['id'])),
      rows.map((row) => toTsvector(String(row['title']))),
    );
  }
  if (table === 'messages') {
    const written = rows.filter((row) => row['content'] !== '');
    const sql =
      'INSERT INTO message_words (seq, words) SELECT seq, words::tsvector FROM unnest($1::bigint[], $2::text[]) added (seq, words)';
    await session.run(
      sql,
      written.map((row) => Number(row['seq'])),
      written.map((row) => toTsvector(String(row['content']))),
    );
  }
  if (table === 'attachments') {
    const sql =
      'INSERT INTO attachment_words (key, words) SELECT key, words::tsvector FROM unnest($1::bigint[], $2::text[]) added (key, words)';
    const textOf = ({ text }: Row): string | null => (typeof text === 'string' ? text : null);
    await session.run(
      sql,
      rows.map((row) => Number(row['key'])),
      rows.map((row) => toFileVector({ name: String(row['name']), text: textOf(row) })),
    );
  }
}
