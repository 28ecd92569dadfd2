import type { ChatStore } from '@pilotlight/chat';

import type { Operation, Operations } from './sqlite-chat-store.ts';
import { StorageFault, toStorageFault } from './storage-fault.ts';
import type { Durability, Transact } from './transaction.ts';

const METHODS = [
  'begin',
  'append',
  'end',
  'read',
  'claim',
  'running',
  'answer',
  'list',
  'conversation',
  'search',
  'add',
  'rename',
  'setHead',
  'remove',
] as const satisfies readonly (keyof ChatStore)[];

export type StoreMethod = (typeof METHODS)[number];

/** Calls a store by the name of the method. Calls take effect in the order in which they were made. */
export type CallStore = (method: StoreMethod, parameters: readonly unknown[]) => Promise<unknown>;

export interface ServedStore {
  readonly call: CallStore;
  /** Closes the connection after the calls that were made before; later ones are refused. */
  readonly close: () => Promise<void>;
}

export interface ServeOptions {
  readonly operations: Operations;
  readonly transact: Transact;
  /** Runs the body soon; what is called until then shares its transaction. */
  readonly defer: (body: () => void) => void;
  readonly close: () => void;
}

interface Call {
  readonly durability: Durability;
  run(): unknown;
  resolve(value: unknown): void;
  reject(fault: StorageFault): void;
}

/** So that nobody waits for more than this many others. */
const MAX_BATCH = 64;

const DURABILITIES: readonly Durability[] = ['full', 'normal', 'read'];

/**
 * The side that has the store. Calls that wait together are run in one transaction, so that a hundred questions at once cost one sync of the disk, not a
 * hundred; each is answered after the commit. If that transaction fails, each call gets one of its own. Whatever goes wrong comes out as a `StorageFault`.
 */
export function serveStore({ operations, transact, defer, close: closeConnection }: ServeOptions): ServedStore {
  let queue: Call[] = [];
  let isScheduled = false;
  let isClosed = false;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    defer(drain);
  }

  function drain(): void {
    isScheduled = false;
    const batch = queue.slice(0, MAX_BATCH);
    queue = queue.slice(MAX_BATCH);
    if (queue.length > 0) schedule();
    if (batch.length > 1 && runTogether(transact, batch)) return;
    for (const call of batch) runAlone(transact, call);
  }

  function enqueue(durability: Durability, run: () => unknown): Promise<unknown> {
    if (isClosed) return Promise.reject(new StorageFault('storage_unavailable', 'The database is closed.'));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    queue.push({ durability, run, resolve, reject });
    schedule();
    return promise;
  }

  return {
    call(method, parameters) {
      const operation = operations[method] as Operation<readonly unknown[]>;
      return enqueue(operation.durability, () => operation.run(...parameters));
    },
    async close() {
      if (isClosed) return;
      const before = enqueue('read', () => undefined).catch(() => undefined);
      isClosed = true;
      await before;
      closeConnection();
    },
  };
}

/** Whether it could be done; if not, nothing was. */
function runTogether(transact: Transact, batch: readonly Call[]): boolean {
  const durability = DURABILITIES.find((candidate) => batch.some((call) => call.durability === candidate)) ?? 'read';
  let values: unknown[];
  try {
    values = transact(durability, () => batch.map((call) => call.run()));
  } catch {
    return false;
  }
  for (const [index, call] of batch.entries()) call.resolve(values[index]);
  return true;
}

function runAlone(transact: Transact, call: Call): void {
  let value: unknown;
  try {
    value = transact(call.durability, () => call.run());
  } catch (error) {
    call.reject(toStorageFault(error));
    return;
  }
  call.resolve(value);
}

/** The side that wants the store: each method is a call; `toError` makes of a fault what the port promises. */
export function toStore(call: CallStore, toError: (fault: StorageFault) => Error): ChatStore {
  const methods = METHODS.map((method) => [
    method,
    async (...parameters: readonly unknown[]) => {
      try {
        return await call(method, parameters);
      } catch (error) {
        throw toError(toStorageFault(error));
      }
    },
  ]);
  return Object.fromEntries(methods) as ChatStore;
}
