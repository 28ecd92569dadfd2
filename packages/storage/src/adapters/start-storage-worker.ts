import { Worker } from 'node:worker_threads';

import type { CallStore } from '../serve-store.ts';
import { StorageFault } from '../storage-fault.ts';
import type { FaultMessage, FromWorker, ToWorker, WorkerStart } from './worker-messages.ts';

export interface StorageWorker {
  readonly call: CallStore;
  /** Lets the calls under way end, closes the database and ends the thread. */
  close(): Promise<void>;
}

interface Waiter {
  resolve(value: unknown): void;
  reject(fault: StorageFault): void;
}

/** Starts the thread that has the database; resolves when it is open, rejects with the `StorageFault` if it cannot be. */
export async function startStorageWorker(start: WorkerStart): Promise<StorageWorker> {
  const worker = new Worker(new URL('storage-worker.ts', import.meta.url), { workerData: start, execArgv: [], name: 'storage' });
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const waiters = new Map<number, Waiter>();
  let end: StorageFault | undefined;
  let lastId = 0;

  function fail(fault: StorageFault): void {
    end ??= fault;
    opened.reject(end);
    for (const { reject } of waiters.values()) reject(end);
    waiters.clear();
  }

  worker.on('message', (message: FromWorker) => {
    if (message.type === 'open') opened.resolve();
    else if (message.type === 'refused') fail(toFault(message.fault));
    else {
      const waiter = waiters.get(message.id);
      waiters.delete(message.id);
      if (message.type === 'value') waiter?.resolve(message.value);
      else waiter?.reject(toFault(message.fault));
    }
  });
  worker.on('error', (error) =>
    fail(new StorageFault('internal_error', 'The thread of the database ended with an error.', { cause: error })),
  );
  worker.on('exit', () => {
    fail(new StorageFault('storage_unavailable', 'The database is closed.'));
    ended.resolve();
  });

  function call(method: Parameters<CallStore>[0], parameters: readonly unknown[]): Promise<unknown> {
    if (end !== undefined) return Promise.reject(end);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    lastId += 1;
    waiters.set(lastId, { resolve, reject });
    worker.postMessage({ type: 'call', id: lastId, method, parameters } satisfies ToWorker);
    return promise;
  }

  async function close(): Promise<void> {
    end ??= new StorageFault('storage_unavailable', 'The database is closed.');
    worker.postMessage({ type: 'close' } satisfies ToWorker);
    await ended.promise;
  }

  await opened.promise;
  return { call, close };
}

function toFault({ code, message, cause }: FaultMessage): StorageFault {
  return new StorageFault(code, message, cause === undefined ? undefined : { cause: new Error(cause) });
}
