import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

import pg from 'pg';
import type { Client, ClientConfig } from 'pg';

import type { DatabaseAddress } from '../database-address.ts';
import { escapeText, unescapeText } from '../escape-text.ts';
import type { PostgresSession, PostgresValue } from '../postgres-session.ts';
import { StorageFault } from '../../storage-fault.ts';

const CONNECT_MS = 5_000;
const STATEMENT_MS = 30_000;
/** Somewhat more than the server's own limit: it counts where the server is silent. */
const ANSWER_MS = 40_000;
const LIMITS = { statement_timeout: STATEMENT_MS, query_timeout: ANSWER_MS, idle_in_transaction_session_timeout: 60_000 } as const;

/** What every session needs. A server whose client is gone without a word frees its lock within a minute and a half. */
const SESSION = `
  SET search_path TO pilotlight, pg_catalog; SET jit TO off; SET max_parallel_workers_per_gather TO 0; SET standard_conforming_strings TO on;
  SET tcp_keepalives_idle TO 30; SET tcp_keepalives_interval TO 15; SET tcp_keepalives_count TO 4; SET default_transaction_isolation TO 'read committed'`;

const INT8 = 20;
const TEXTS = new Set([25, 1042, 1043]);
const BYTEA = 17;

type Parser = (text: string) => unknown;

const builtInParser = pg.types.getTypeParser as (oid: number, format: 'text' | 'binary') => Parser;

/** Numbers as numbers, and texts as they were before they were stored. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): Parser {
    if (oid === INT8) return Number;
    if (TEXTS.has(oid)) return unescapeText;
    const parse = builtInParser(oid, format ?? 'text');
    return oid === BYTEA ? (text: string) => new Uint8Array(parse(text) as Buffer) : parse;
  },
} satisfies NonNullable<ClientConfig['types']>;

/** Connections to one database. */
export interface Connector {
  /** A connection of its own. `onLost` is called once when it ends without `end` having been called. */
  connect(onLost: (error: unknown) => void): Promise<Connection>;
  /** Runs the body on one of a few connections that are kept for that. */
  borrow<T>(body: (session: PostgresSession) => Promise<T>): Promise<T>;
  /** Ends the connections that were kept. */
  close(): Promise<void>;
}

export interface Connection {
  readonly session: PostgresSession;
  /** Ends it without waiting for an answer that may never come. */
  end(): void;
}

export interface ConnectorOptions {
  /** So many connections are kept at most. */
  readonly mostBorrowed?: number;
  /** A statement may take as long as it wants. */
  readonly isPatient?: boolean;
}

export function createConnector(address: DatabaseAddress, { mostBorrowed = 1, isPatient = false }: ConnectorOptions): Connector {
  const config = { ...toConfig(address), ...(!isPatient && LIMITS) };
  const pool = new pg.Pool({
    ...config,
    max: mostBorrowed,
    idleTimeoutMillis: 60_000,
    allowExitOnIdle: true,
    // The pool waits for what this gives, though its type does not say so.
    // oxlint-disable-next-line typescript/no-misused-promises -- see above
    onConnect: prepare,
  });
  // An idle connection that ends leaves the pool by itself.
  pool.on('error', () => undefined);
  return {
    async connect(onLost) {
      const client = new pg.Client(config);
      let isEnded = false;
      const lose = (error: unknown): void => {
        if (isEnded) return;
        isEnded = true;
        onLost(error);
      };
      // Also while it connects: an error that nobody listens for would end the process.
      client.on('error', lose);
      try {
        await client.connect();
        await prepare(client);
      } catch (error) {
        isEnded = true;
        destroy(client);
        throw error;
      }
      client.on('end', () => lose(new Error('Connection terminated')));
      return {
        session: toSession(client),
        end() {
          isEnded = true;
          destroy(client);
        },
      };
    },
    async borrow(body) {
      const client = await pool.connect();
      let failure: unknown;
      const lose = (error: unknown): void => void (failure = error);
      client.on('error', lose);
      try {
        return await body(toSession(client));
      } catch (error) {
        failure = error;
        throw error;
      } finally {
        client.off('error', lose);
        // One that failed may be in the middle of anything.
        client.release(failure !== undefined);
      }
    },
    close: () => pool.end(),
  };
}

/** The server notices that it is gone, and rolls back what was open. */
function destroy(client: Client): void {
  client.end().catch(() => undefined);
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
}

async function prepare(client: Pick<Client, 'query'>): Promise<void> {
  await client.query(SESSION);
}

function toConfig({ host, port, user, password, database, tls, certificates }: DatabaseAddress): ClientConfig {
  return {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    ssl: toTls(tls, certificates),
    application_name: 'pilotlight',
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    connectionTimeoutMillis: CONNECT_MS,
    types,
  };
}

function toTls(tls: DatabaseAddress['tls'], certificates: string | undefined): false | ConnectionOptions {
  if (tls === 'none') return false;
  if (tls === 'unchecked') return { rejectUnauthorized: false };
  return {
    rejectUnauthorized: true,
    ...(certificates !== undefined && { ca: readCertificates(certificates) }),
    ...(tls === 'authority' && { checkServerIdentity: () => undefined }),
  };
}

function readCertificates(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StorageFault('storage_unavailable', 'The file that sslrootcert names in DATABASE_URL cannot be read.', { cause: error });
  }
}

/** Statements are prepared once for each connection, under a name that their text decides. */
const names = new Map<string, string>();

function nameOf(sql: string): string {
  const name = names.get(sql) ?? `p${names.size}`;
  names.set(sql, name);
  return name;
}

function toSession(client: Pick<Client, 'query'>): PostgresSession {
  const query = (sql: string, values: readonly PostgresValue[]) =>
    client.query<Record<string, unknown>>({ name: nameOf(sql), text: sql, values: values.map(toParameter) });
  return {
    all: async (sql, ...values) => (await query(sql, values)).rows,
    get: async (sql, ...values) => (await query(sql, values)).rows[0],
    run: async (sql, ...values) => (await query(sql, values)).rowCount ?? 0,
    planned: async (sql, ...values) => (await client.query<Record<string, unknown>>(sql, values.map(toParameter))).rows,
    exec: async (sql) => void (await client.query(sql)),
  };
}

function toParameter(value: PostgresValue): unknown {
  if (typeof value === 'string') return escapeText(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return Array.isArray(value) ? value.map((item: unknown) => (typeof item === 'string' ? escapeText(item) : item)) : value;
}
