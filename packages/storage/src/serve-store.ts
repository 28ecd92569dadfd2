import type { ChatStore } from '@pilotlight/chat';

import { StorageFault, toStorageFault } from './storage-fault.ts';

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
  'rename',
  'setHead',
  'remove',
] as const satisfies readonly (keyof ChatStore)[];

export type StoreMethod = (typeof METHODS)[number];

/** Calls a store by the name of the method, one call after the other. */
export type CallStore = (method: StoreMethod, parameters: readonly unknown[]) => Promise<unknown>;

export interface ServedStore {
  readonly call: CallStore;
  /** Closes the connection after the calls that were made before; later ones are refused. */
  readonly close: () => Promise<void>;
}

/** The side that has the store: whatever goes wrong comes out as a `StorageFault`. */
export function serveStore(store: ChatStore, closeConnection: () => void): ServedStore {
  let last: Promise<unknown> = Promise.resolve();
  let isClosed = false;

  function inOrder<T>(body: () => T | Promise<T>): Promise<T> {
    const result = last.then(body).catch(rethrowAsFault);
    last = result.catch(() => undefined);
    return result;
  }

  return {
    call: (method, parameters) =>
      inOrder(() => {
        if (isClosed) throw new StorageFault('storage_unavailable', 'The database is closed.');
        return (store[method] as (...values: readonly unknown[]) => Promise<unknown>)(...parameters);
      }),
    close: () =>
      inOrder(() => {
        if (isClosed) return;
        isClosed = true;
        closeConnection();
      }),
  };
}

function rethrowAsFault(error: unknown): never {
  throw toStorageFault(error);
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
