import type { Clock } from '@pilotlight/contract';

import type { ServedStore } from '../serve-store.ts';
import { StorageFault } from '../storage-fault.ts';
import { createConnector } from './adapters/connect.ts';
import type { Connection } from './adapters/connect.ts';
import { toDatabaseAddress, toPlace } from './database-address.ts';
import { openLink } from './link.ts';
import { migratePostgres, POSTGRES_MIGRATIONS, postgresSchemaOf } from './migrations/migrate.ts';
import { refuseNewer } from '../migrations/migrate.ts';
import { toPostgresFault } from './postgres-fault.ts';
import type { PostgresSession } from './postgres-session.ts';
import { servePostgres } from './serve-postgres.ts';

export interface OpenPostgresOptions {
  /** As `DATABASE_URL` has it. */
  readonly url: string;
  readonly clock: Clock;
}

/** Beside the connection that writes: one that flushes, and readers. */
const MOST_BORROWED = 5;
/** What is older is no longer mended by its makers. */
const OLDEST_MAJOR = 14;
/** Any number that nobody else has: the letters of the name. */
const LOCK = 0x50_49_4c_4f_54;
/** A server that was killed a moment ago: its connection, and with it the lock, ends when the database notices. */
const LOCK_ATTEMPTS = 12;
const LOCK_PAUSE_MS = 250;

/**
 * Opens a Postgres database, which is this process's alone until it is closed, and brings its schema up to date. Rejects with a `StorageFault` in words that
 * hold no secret.
 */
export async function openPostgres({ url, clock }: OpenPostgresOptions): Promise<ServedStore> {
  const address = toDatabaseAddress(url);
  const toFault = (error: unknown): StorageFault => toPostgresFault(error, toPlace(address));
  const connector = createConnector(address, { mostBorrowed: MOST_BORROWED });
  let isFirst = true;
  try {
    const link = await openLink({
      clock,
      toFault,
      async open(onLost) {
        let attempts = isFirst ? LOCK_ATTEMPTS : 0;
        return take(await connector.connect(onLost), async (session) => {
          refuseUnfit(await readServer(session));
          await lock(session, async () => {
            attempts -= 1;
            if (attempts > 0) await pause(clock, LOCK_PAUSE_MS);
            return attempts > 0;
          });
          if (isFirst) await migratePostgres(session, clock.now());
          else refuseNewer(await postgresSchemaOf(session), POSTGRES_MIGRATIONS.length);
          isFirst = false;
        });
      },
    });
    return servePostgres({ link, connector, toFault, clock });
  } catch (error) {
    await connector.close();
    throw toFault(error);
  }
}

/** Runs the body on a connection of its own, on which a statement may take as long as it wants. Rejects with a `StorageFault`. */
export async function withPostgres<T>(url: string, body: (session: PostgresSession) => Promise<T>): Promise<T> {
  const address = toDatabaseAddress(url);
  try {
    const connection = await createConnector(address, { isPatient: true }).connect(() => undefined);
    try {
      refuseUnfit(await readServer(connection.session));
      return await body(connection.session);
    } finally {
      connection.end();
    }
  } catch (error) {
    throw toPostgresFault(error, toPlace(address));
  }
}

async function take(connection: Connection, prepare: (session: PostgresSession) => Promise<void>): Promise<Connection> {
  try {
    await prepare(connection.session);
    return connection;
  } catch (error) {
    connection.end();
    throw error;
  }
}

export interface ServerFacts {
  /** As `server_version_num`: 160004 is 16.4. */
  readonly version: number;
  readonly encoding: string;
  readonly isStandby: boolean;
}

async function readServer(session: PostgresSession): Promise<ServerFacts> {
  const facts = (await session.get(`
    SELECT current_setting('server_version_num')::integer AS version, current_setting('server_encoding') AS encoding,
      pg_is_in_recovery() AS is_standby`)) as { readonly version: number; readonly encoding: string; readonly is_standby: boolean };
  return { version: facts.version, encoding: facts.encoding, isStandby: facts.is_standby };
}

/** Throws if Pilotlight cannot keep its conversations in such a database. */
export function refuseUnfit({ version, encoding, isStandby }: ServerFacts): void {
  const major = Math.floor(version / 10_000);
  if (major < OLDEST_MAJOR) {
    throw unfit(`The database server is Postgres ${major}; Pilotlight needs version ${OLDEST_MAJOR} or newer.`);
  }
  if (encoding !== 'UTF8')
    throw unfit(`The database stores texts as ${encoding}; Pilotlight needs one that was created with ENCODING 'UTF8'.`);
  if (isStandby) throw unfit('The database server is a standby, which takes no changes. Name the primary in DATABASE_URL.');
}

function unfit(words: string): StorageFault {
  return new StorageFault('storage_unavailable', words);
}

/** Takes the lock of the database for as long as the connection lasts. Throws a fault if another has it, and keeps it. */
export async function lock(session: PostgresSession, isAgain: () => Promise<boolean> = async () => false): Promise<void> {
  do {
    const row = (await session.get('SELECT pg_try_advisory_lock($1::bigint) AS is_taken', LOCK)) as { readonly is_taken: boolean };
    if (row.is_taken) return;
  } while (await isAgain());
  throw new StorageFault('data_folder_in_use', 'Another Pilotlight uses this database.');
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}
