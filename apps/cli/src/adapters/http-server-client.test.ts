import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, it } from 'vitest';

import { createHttpServerClient } from './http-server-client.ts';

it('ends a stream whose connection breaks: it ended the program with a stack', async () => {
  const broken = Promise.withResolvers<void>();
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('id: 0\nevent: start\ndata: {"type":"start"}\n\n');
    void broken.promise.then(() => response.destroy());
  }).listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    const client = createHttpServerClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, undefined);
    const seen: string[] = [];
    for await (const event of client.events({ method: 'GET', path: '/', signal: new AbortController().signal })) {
      seen.push(event.event);
      broken.resolve();
    }
    expect(seen).toEqual(['start']);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
