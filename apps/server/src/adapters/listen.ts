import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/**
 * Connections that wait to be taken: as many as there may be. While the event loop is behind, one that finds the queue full is dropped by the system, and its client
 * tries again after 1, 3, 7 … seconds.
 */
const BACKLOG = 2_000;

/** Listens and resolves with the port, which the system chose if 0 was asked for. Rejects with Node's error, such as EADDRINUSE. */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen({ host, port, backlog: BACKLOG, exclusive: true });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Listens for a moment. Rejects as `listen` does. */
export async function tryListening(host: string, port: number): Promise<void> {
  const server = createServer();
  server.listen({ host, port, exclusive: true });
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

/** Takes no new connection and closes those that are idle; resolves when the last exchange has ended. */
export function stopAccepting(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeIdleConnections();
  return promise;
}

/** Breaks what is still open. */
export function breakConnections(server: Server): void {
  server.closeAllConnections();
}
