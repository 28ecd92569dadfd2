import type { Clock } from '@pilotlight/contract';

import { StorageFault } from '../storage-fault.ts';
import type { Connection } from './adapters/connect.ts';
import { isConnectionLost } from './postgres-fault.ts';
import type { PostgresSession } from './postgres-session.ts';

/** So long a call waits for a server that is being restarted. */
const PATIENCE_MS = 10_000;
const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 5_000;

/** The one connection that writes and holds the lock of the database. When it is lost it is made anew, for as long as it takes. */
export interface Link {
  /** The connection, at once if it stands. Rejects with the fault if the server was away for too long, or must not be written to. */
  session(): Promise<PostgresSession>;
  /** Whether nothing happened to the connection since it was handed out. */
  isCurrent(session: PostgresSession): boolean;
  /** Undefined: it stands. */
  whyDown(): string | undefined;
  /** An error of a statement on it: whether it is lost with that. */
  fail(error: unknown): boolean;
  close(): void;
}

export interface LinkOptions {
  readonly clock: Clock;
  /** Makes the connection and takes the lock. `onLost` is told once when it ends by itself. */
  readonly open: (onLost: (error: unknown) => void) => Promise<Connection>;
  readonly toFault: (error: unknown) => StorageFault;
}

/** Resolves when the connection stands; rejects with the fault if that fails the first time. */
export async function openLink({ clock, open, toFault }: LinkOptions): Promise<Link> {
  let current: Connection | undefined;
  let fault = new StorageFault('storage_unavailable', 'The database is closed.');
  let lostAtMs = 0;
  let pauseMs = FIRST_PAUSE_MS;
  let isTrying = false;
  let isClosed = false;
  let timer: Disposable | undefined;
  const waiters = createWaiters();

  function lose(error: unknown): void {
    if (current === undefined || isClosed) return;
    current.end();
    current = undefined;
    fault = toFault(error);
    lostAtMs = clock.monotonic();
    pauseMs = FIRST_PAUSE_MS;
    void attempt();
  }

  async function attempt(): Promise<void> {
    if (isTrying || current !== undefined || isClosed) return;
    isTrying = true;
    timer?.[Symbol.dispose]();
    try {
      const connection = await connect(open, lose);
      if (isClosed) return connection.end();
      current = connection;
      waiters.resolve(connection.session);
    } catch (error) {
      fault = toFault(error);
      if (isOver()) waiters.reject(fault);
      timer = clock.after(pauseMs, () => void attempt());
      pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS);
    } finally {
      isTrying = false;
    }
  }

  function isOver(): boolean {
    return isClosed || fault.code !== 'storage_unavailable' || clock.monotonic() - lostAtMs >= PATIENCE_MS;
  }

  current = await connect(open, lose);
  return {
    session() {
      if (current !== undefined) return Promise.resolve(current.session);
      if (isOver()) return Promise.reject(fault);
      return waiters.add();
    },
    isCurrent: (session) => current?.session === session,
    whyDown: () => (current === undefined ? fault.message : undefined),
    fail(error) {
      const isLost = isConnectionLost(error);
      if (isLost) lose(error);
      return isLost;
    },
    close() {
      isClosed = true;
      timer?.[Symbol.dispose]();
      current?.end();
      current = undefined;
      fault = new StorageFault('storage_unavailable', 'The database is closed.');
      waiters.reject(fault);
    },
  };
}

/** Makes a connection; one that ends before it is handed out is none. */
async function connect(open: LinkOptions['open'], lose: (error: unknown) => void): Promise<Connection> {
  let early: { readonly error: unknown } | undefined;
  let isKept = false;
  const connection = await open((error) => {
    if (isKept) lose(error);
    else early = { error };
  });
  if (early !== undefined) throw early.error;
  isKept = true;
  return connection;
}

interface Waiters {
  add(): Promise<PostgresSession>;
  /** All who wait, and nobody who comes later. */
  resolve(session: PostgresSession): void;
  reject(fault: StorageFault): void;
}

function createWaiters(): Waiters {
  let waiting = Promise.withResolvers<PostgresSession>();
  function next(): PromiseWithResolvers<PostgresSession> {
    const former = waiting;
    waiting = Promise.withResolvers<PostgresSession>();
    return former;
  }
  return {
    add: () => waiting.promise,
    resolve: (session) => next().resolve(session),
    reject(fault) {
      const { promise, reject } = next();
      // Nobody may be waiting.
      promise.catch(() => undefined);
      reject(fault);
    },
  };
}
