import type { Server } from 'node:http';

import { sleep } from '@pilotlight/contract';

import { breakConnections, stopAccepting } from '../adapters/listen.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { WriteLog } from '../log/log-events.ts';

export interface Closing {
  readonly server: Server;
  /** Ends what stands over the server: the framework and its hooks. */
  readonly endApp: () => PromiseLike<unknown>;
  /** Resolves with the store and the chat over it. */
  readonly opening: Promise<AsyncDisposable>;
  readonly recovered: Promise<unknown>;
  readonly gateway: AsyncDisposable;
  readonly stopping: AbortController;
  readonly log: WriteLog;
  readonly reason: string;
}

/** So long readers may take to fetch the last part of their answer. */
const LAST_PARTS_MS = 500;

/** Ends everything in order. Never rejects: what fails is logged as a fault, and all that comes after it is ended all the same. */
export async function closeServer({ server, endApp, opening, recovered, gateway, stopping, log, reason }: Closing): Promise<void> {
  log('server_stopping', { facts: { reason } });
  const drained = stopAccepting(server);
  stopping.abort();
  const [opened] = await Promise.allSettled([opening, recovered]);
  // What is put on last ends first.
  const open = new AsyncDisposableStack();
  open.defer(async () => void (await endApp()));
  open.defer(async () => {
    await Promise.race([drained, sleep(systemClock, LAST_PARTS_MS)]);
    breakConnections(server);
  });
  open.use(gateway);
  if (opened.status === 'fulfilled') open.use(opened.value);
  try {
    await open.disposeAsync();
  } catch (error) {
    log('fault', { facts: { doing: 'the server stopped' }, cause: error });
  }
  log('server_stopped');
}
