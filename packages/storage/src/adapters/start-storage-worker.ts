import { Worker } from 'node:worker_threads';

import type { CallStore, ServedStore } from '../serve-store.ts';
import { StorageFault } from '../storage-fault.ts';
import type { FaultMessage, FromWorker, ToWorker, WorkerStart } from './worker-messages.ts';

interface Waiter {
  resolve(value: unknown): void;
  reject(fault: StorageFault): void;
}

/** Starts the thread that has the database; resolves when it is open, and rejects with the `StorageFault` if it cannot be. */
export async function startStorageWorker(start: WorkerStart): Promise<ServedStore> {
  const worker = new Worker(new URL('storage-worker.ts', import.meta.url), { workerData: start, execArgv: [], name: 'storage' });
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const waiters = new Map<number, Waiter>();
  let end: StorageFault | undefined;
  let held: FaultMessage | undefined;
  let lastId = 0;

  function fail(fault: StorageFault): void {
    end ??= fault;
    opened.reject(end);
    for (const waiter of waiters.values()) waiter.reject(end);
    waiters.clear();
  }

  worker.on('message', (message: FromWorker) => {
    if (message.type === 'open') opened.resolve();
    else if (message.type === 'held') held = message.fault;
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

  function send(message: ToWorker): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread of this process has no origin
    worker.postMessage(message);
  }

  function call(method: Parameters<CallStore>[0], parameters: readonly unknown[]): Promise<unknown> {
    if (end !== undefined) return Promise.reject(end);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    lastId += 1;
    waiters.set(lastId, { resolve, reject });
    send({ type: 'call', id: lastId, method, parameters });
    return promise;
  }

  async function close(): Promise<void> {
    end ??= new StorageFault('storage_unavailable', 'The database is closed.');
    send({ type: 'close' });
    await ended.promise;
  }

  await opened.promise;
  return {
    call,
    close,
    whyNotWritable: () => held && { code: held.code === 'storage_full' ? held.code : 'storage_unavailable', words: held.message },
  };
}

function toFault({ code, message, cause }: FaultMessage): StorageFault {
  return new StorageFault(code, message, cause === undefined ? undefined : { cause: new Error(cause) });
}
