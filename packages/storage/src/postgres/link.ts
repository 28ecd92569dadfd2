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

interface Waiter {
  resolve(session: PostgresSession): void;
  reject(fault: StorageFault): void;
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
  let waiters: Waiter[] = [];

  function lose(error: unknown): void {
    if (current === undefined || isClosed) return;
    current.end();
    current = undefined;
    fault = toFault(error);
    lostAtMs = clock.monotonic();
    pauseMs = FIRST_PAUSE_MS;
    void attempt();
  }

  async function connect(): Promise<Connection> {
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

  async function attempt(): Promise<void> {
    if (isTrying || current !== undefined || isClosed) return;
    isTrying = true;
    timer?.[Symbol.dispose]();
    try {
      const connection = await connect();
      if (isClosed) return connection.end();
      current = connection;
      for (const waiter of takeWaiters()) waiter.resolve(connection.session);
    } catch (error) {
      fault = toFault(error);
      if (isOver()) for (const waiter of takeWaiters()) waiter.reject(fault);
      timer = clock.after(pauseMs, () => void attempt());
      pauseMs = Math.min(pauseMs * 2, LAST_PAUSE_MS);
    } finally {
      isTrying = false;
    }
  }

  function isOver(): boolean {
    return isClosed || fault.code !== 'storage_unavailable' || clock.monotonic() - lostAtMs >= PATIENCE_MS;
  }

  function takeWaiters(): Waiter[] {
    const taken = waiters;
    waiters = [];
    return taken;
  }

  current = await connect();
  return {
    session() {
      if (current !== undefined) return Promise.resolve(current.session);
      if (isOver()) return Promise.reject(fault);
      const { promise, resolve, reject } = Promise.withResolvers<PostgresSession>();
      waiters.push({ resolve, reject });
      return promise;
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
      for (const waiter of takeWaiters()) waiter.reject(fault);
    },
  };
}
