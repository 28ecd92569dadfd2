import { Worker } from 'node:worker_threads';

import type { CallStore, ServedStore } from '../serve-store.ts';
import { StorageFault } from '../storage-fault.ts';
import { createOutbox } from './outbox.ts';
import type { CallMessage, FaultMessage, FromWorker, ResultMessage, ToWorker, WorkerStart } from './worker-messages.ts';

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

  function settle(result: ResultMessage): void {
    const waiter = waiters.get(result.id);
    waiters.delete(result.id);
    if (result.fault === undefined) waiter?.resolve(result.value);
    else waiter?.reject(toFault(result.fault));
  }

  worker.on('message', (message: FromWorker) => {
    if (message.type === 'open') opened.resolve();
    else if (message.type === 'held') held = message.fault;
    else if (message.type === 'refused') fail(toFault(message.fault));
    else for (const result of message.results) settle(result);
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

  function refuse({ id }: CallMessage, cause: unknown): void {
    waiters.get(id)?.reject(new StorageFault('internal_error', 'A call could not be handed to the thread of the database.', { cause }));
    waiters.delete(id);
  }

  // After the promises that have settled: a question is on its way to its engine before the thread is woken.
  const outbox = createOutbox<CallMessage>({
    defer: createDefer(),
    post: (calls) => postAll(calls, { post: (some) => send({ type: 'calls', calls: some }), refuse }),
  });

  function call(method: Parameters<CallStore>[0], parameters: readonly unknown[]): Promise<unknown> {
    if (end !== undefined) return Promise.reject(end);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    lastId += 1;
    waiters.set(lastId, { resolve, reject });
    outbox.add({ id: lastId, method, parameters });
    return promise;
  }

  async function close(): Promise<void> {
    end ??= new StorageFault('storage_unavailable', 'The database is closed.');
    outbox.flush();
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

/** Runs the first body of a turn of the event loop as soon as the promises that have settled are through; those after it at the end of that turn. */
function createDefer(): (body: () => void) => void {
  let isFirst = true;
  return (body) => {
    if (!isFirst) {
      setImmediate(body);
      return;
    }
    isFirst = false;
    process.nextTick(body);
    setImmediate(() => {
      isFirst = true;
    });
  };
}

interface Posting {
  readonly post: (calls: readonly CallMessage[]) => void;
  readonly refuse: (call: CallMessage, cause: unknown) => void;
}

/** Posts them as one message; where that cannot be, each by itself, so that one that cannot be sent fails alone. */
function postAll(calls: readonly CallMessage[], posting: Posting): void {
  try {
    posting.post(calls);
  } catch (error) {
    const [first, ...others] = calls;
    if (first !== undefined && others.length === 0) posting.refuse(first, error);
    else for (const call of calls) postAll([call], posting);
  }
}

function toFault({ code, message, cause }: FaultMessage): StorageFault {
  return new StorageFault(code, message, cause === undefined ? undefined : { cause: new Error(cause) });
}
