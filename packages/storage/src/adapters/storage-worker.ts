import { parentPort, workerData } from 'node:worker_threads';

import { openFile } from '../open-file.ts';
import type { ServedStore } from '../serve-store.ts';
import type { StorageFault } from '../storage-fault.ts';
import { toStorageFault } from '../storage-fault.ts';
import { createOutbox } from './outbox.ts';
import type { FaultMessage, FromWorker, ResultMessage, ToWorker, WorkerStart } from './worker-messages.ts';

// The database's own thread: a sync of the disk or a long read stops nobody but the writers who wait for it.

function send(message: FromWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread of this process has no origin
  parentPort?.postMessage(message);
}

function toMessage(error: unknown): FaultMessage {
  const { code, message, cause } = toStorageFault(error);
  return { code, message, cause: cause instanceof Error ? (cause.stack ?? cause.message) : undefined };
}

function listen(served: ServedStore): void {
  // What one transaction or one sync has done is told together: after the promises of all of it have settled.
  const outbox = createOutbox<ResultMessage>({
    defer: (body) => process.nextTick(body),
    post: (results) => send({ type: 'results', results }),
  });
  parentPort?.on('message', (message: ToWorker) => {
    if (message.type === 'close') {
      void served.close().finally(() => {
        outbox.flush();
        parentPort?.close();
      });
      return;
    }
    for (const { id, method, parameters } of message.calls) {
      served.call(method, parameters).then(
        (value) => outbox.add({ id, value }),
        (error: unknown) => outbox.add({ id, fault: toMessage(error) }),
      );
    }
  });
  send({ type: 'open' });
}

try {
  const { file, nowMs } = workerData as WorkerStart;
  const onChange = (fault?: StorageFault): void => send({ type: 'held', fault: fault && toMessage(fault) });
  listen(await openFile({ file, nowMs, defer: setImmediate, onChange }));
} catch (error) {
  send({ type: 'refused', fault: toMessage(error) });
}
