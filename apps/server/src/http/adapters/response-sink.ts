import type { ServerResponse } from 'node:http';

import type { EventSink } from '../event-stream.ts';

const MOST_WAITING_BYTES = 64 * 1024;

/**
 * A sink over Node's response. What is written within one turn of the event loop goes out in one piece: with one token that costs no time, and with a
 * flood of them it saves most of the system calls.
 */
export function createResponseSink(response: ServerResponse): EventSink {
  let waiting = '';
  let isScheduled = false;
  let isEnded = false;
  let wakers: (() => void)[] = [];

  function wake(): void {
    const all = wakers;
    wakers = [];
    for (const waker of all) waker();
  }

  function flush(): void {
    isScheduled = false;
    const text = waiting;
    waiting = '';
    if (response.destroyed) return wake();
    if (isEnded) response.end(text);
    else if (text !== '') response.write(text);
    if (!isFull()) wake();
  }

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(flush);
  }

  function isFull(): boolean {
    return waiting.length + response.writableLength > MOST_WAITING_BYTES;
  }

  response.on('drain', wake);
  response.on('close', wake);

  return {
    write(text) {
      waiting += text;
      schedule();
    },
    get isFull() {
      return !response.destroyed && isFull();
    },
    drained() {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (response.destroyed || !isFull()) resolve();
      else wakers.push(resolve);
      return promise;
    },
    end() {
      isEnded = true;
      schedule();
    },
    destroy() {
      response.destroy();
    },
  };
}
