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

it('tells of a stream that comes in one lump, once, and of none that comes as it is sent', async () => {
  const event = 'id: 0\nevent: text\ndata: {}\n\n';
  const bodies: Record<string, readonly string[]> = {
    '/lump': [`:0\n${event}:2000\n${event}:4000\n${event}:6000\n${event}`],
    '/short': [`:0\n${event}:900\n${event}:1800\n${event}`],
  };
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of bodies[request.url ?? ''] ?? []) response.write(piece);
    response.end();
  }).listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
    const client = createHttpServerClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, undefined);
    const told: string[] = [];
    for (const path of Object.keys(bodies)) {
      const events = client.events({ method: 'GET', path, signal: new AbortController().signal, onHeldBack: () => told.push(path) });
      expect((await Array.fromAsync(events)).length).toBeGreaterThan(2);
    }
    expect(told).toEqual(['/lump']);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
