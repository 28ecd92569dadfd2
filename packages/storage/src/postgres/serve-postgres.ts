import type { Clock } from '@pilotlight/contract';

import { coalesce } from '../coalesce.ts';
import type { ServedStore, StoreMethod } from '../serve-store.ts';
import { StorageFault } from '../storage-fault.ts';
import type { Durability } from '../transaction.ts';
import type { Connector } from './adapters/connect.ts';
import type { Link } from './link.ts';
import { POSTGRES_OPERATIONS } from './operations.ts';
import type { PostgresOperation } from './operations.ts';
import { isConnectionLost } from './postgres-fault.ts';
import type { PostgresSession } from './postgres-session.ts';

export interface ServePostgresOptions {
  readonly link: Link;
  readonly connector: Connector;
  readonly toFault: (error: unknown) => StorageFault;
  readonly clock: Clock;
}

interface Call {
  readonly durability: Durability;
  run(session: PostgresSession): Promise<unknown>;
  resolve(value: unknown): void;
  reject(fault: StorageFault): void;
}

/** So that nobody waits for more than this many others. */
const MAX_BATCH = 64;
/** With so many new connections a batch is begun again. */
const MAX_ATTEMPTS = 3;
const LOOK_MS = 15_000;
/** Writes to the log of the server, so that its commit waits for the disk, and for the standbys that it waits for, up to itself. */
const FLUSH = "BEGIN; SET LOCAL synchronous_commit TO on; SELECT pg_logical_emit_message(true, 'pilotlight', ''); COMMIT";

/**
 * Runs calls one batch after the other on the connection that has the lock: calls that wait together share one transaction. Commits do not wait for the
 * disk; what must be durable is answered after a flush on another connection, which all share who wait, so that a sync holds up no part of another answer.
 * Reads run on connections of their own, after the writes that were called before them. If a shared transaction fails, each call gets one of its own. When the
 * connection is lost before a commit was asked for, nothing was done, and the calls wait for the next one; when it is lost with the commit, nobody knows, and
 * they are refused.
 */
export function servePostgres({ link, connector, toFault, clock }: ServePostgresOptions): ServedStore {
  const writer = createWriter({ link, connector, toFault });
  const under = new Set<Promise<unknown>>();
  let isClosed = false;
  let timer = lookLater();

  /** A server that is gone without a word is noticed though nobody stores anything. */
  function lookLater(): Disposable {
    return clock.after(LOOK_MS, () => {
      writer.write('normal', (session) => session.exec('SELECT 1')).catch(() => undefined);
      timer = lookLater();
    });
  }

  async function read(run: Call['run']): Promise<unknown> {
    await writer.settled();
    for (let attempt = 1; ; attempt += 1) {
      await link.session();
      try {
        return await connector.borrow((session) => readOnly(session, run));
      } catch (error) {
        if (attempt === 2 || !isConnectionLost(error)) throw error;
      }
    }
  }

  async function call(method: StoreMethod, parameters: readonly unknown[]): Promise<unknown> {
    if (isClosed) throw new StorageFault('storage_unavailable', 'The database is closed.');
    const operation = POSTGRES_OPERATIONS[method] as PostgresOperation<readonly unknown[]>;
    const run = (session: PostgresSession): Promise<unknown> => operation.run(session, ...parameters);
    if (operation.durability !== 'read') return writer.write(operation.durability, run);
    try {
      return await read(run);
    } catch (error) {
      throw toFault(error);
    }
  }

  return {
    call(method, parameters) {
      const promise = call(method, parameters);
      const settled = promise.catch(() => undefined).finally(() => under.delete(settled));
      under.add(settled);
      return promise;
    },
    whyNotWritable() {
      const words = link.whyDown();
      return words === undefined ? undefined : { code: 'storage_unavailable', words };
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      timer[Symbol.dispose]();
      while (under.size > 0) await Promise.all(under);
      link.close();
      await connector.close();
    },
  };
}

interface Writer {
  readonly write: (durability: Durability, run: Call['run']) => Promise<unknown>;
  /** Resolves when what was called before is committed, or refused. */
  readonly settled: () => Promise<void>;
}

function createWriter({ link, connector, toFault }: Omit<ServePostgresOptions, 'clock'>): Writer {
  const flush = coalesce(() => connector.borrow((session) => session.exec(FLUSH)));
  let queue: Call[] = [];
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    // What is called in the same moment shares the batch.
    await Promise.resolve();
    while (queue.length > 0) {
      const batch = queue.slice(0, MAX_BATCH);
      queue = queue.slice(MAX_BATCH);
      // If one of several calls is to blame, each is run alone.
      if ((await runTogether(batch)) === 'split') for (const call of batch) await runTogether([call]);
    }
    working = undefined;
  }

  /** `split`: nothing was done, and one of several calls is to blame. */
  async function runTogether(batch: readonly Call[]): Promise<'done' | 'split'> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const session = await link.session();
        answer({ batch, session, values: await transact(session, batch) });
      } catch (error) {
        if (!(error instanceof Undone)) refuse(batch, error);
        else if (link.fail(error.cause) && attempt < MAX_ATTEMPTS) continue;
        else if (batch.length > 1) return 'split';
        else refuse(batch, error.cause);
      }
      return 'done';
    }
  }

  function refuse(batch: readonly Call[], error: unknown): void {
    for (const call of batch) call.reject(toFault(error));
  }

  function answer({ batch, session, values }: Committed): void {
    const done = batch.map((call, index) => ({ call, value: values[index] }));
    for (const { call, value } of done) if (call.durability !== 'full') call.resolve(value);
    const waiting = done.filter(({ call }) => call.durability === 'full');
    if (waiting.length === 0) return;
    const refuseAll = (error: unknown): void => waiting.forEach(({ call }) => call.reject(toFault(error)));
    flush().then(() => {
      // A server that went down meanwhile may have lost the commit, and have flushed without it since it came back.
      if (link.isCurrent(session)) for (const { call, value } of waiting) call.resolve(value);
      else refuseAll(new Error('Connection terminated'));
    }, refuseAll);
  }

  return {
    write(durability, run) {
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      queue.push({ durability, run, resolve, reject });
      working ??= work();
      return promise;
    },
    settled: async () => working,
  };
}

interface Committed {
  readonly batch: readonly Call[];
  readonly session: PostgresSession;
  readonly values: readonly unknown[];
}

/** Nothing of the transaction was stored; the reason is the cause. */
class Undone extends Error {}

/** Gives what the calls give once it is committed. Throws `Undone`; anything else means that nobody knows. */
async function transact(session: PostgresSession, batch: readonly Call[]): Promise<unknown[]> {
  const values: unknown[] = [];
  try {
    await session.exec('BEGIN; SET LOCAL synchronous_commit TO off');
    for (const call of batch) values.push(await call.run(session));
  } catch (error) {
    // If this fails too, the connection is lost, and the server rolls back.
    await session.exec('ROLLBACK').catch(() => undefined);
    throw new Undone('undone', { cause: error });
  }
  try {
    await session.exec('COMMIT');
    return values;
  } catch (error) {
    throw isConnectionLost(error) ? error : new Undone('undone', { cause: error });
  }
}

/** All that the body reads is of one instant. */
async function readOnly(session: PostgresSession, run: Call['run']): Promise<unknown> {
  await session.exec('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const value = await run(session);
  await session.exec('COMMIT');
  return value;
}
