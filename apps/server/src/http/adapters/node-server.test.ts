import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

import { describe, expect, it } from 'vitest';

import { createNodeServer } from './node-server.ts';

describe('the limits of the HTTP server', () => {
  it('are ours, each of them, and none of them is on the answer', () => {
    const server = createNodeServer(() => {});
    expect(server).toMatchObject({
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 72_000,
      timeout: 0,
      maxRequestsPerSocket: 0,
      maxConnections: 2_000,
    });
  });

  it('cut a request that never becomes whole, and do not end an answer that takes longer than it', async () => {
    const answer = Promise.withResolvers<void>();
    // The same limits, made short: they hold for what the client sends, and for nothing else.
    const short = { headersTimeout: 50, requestTimeout: 50, connectionsCheckingInterval: 10, keepAliveTimeout: 50 };
    const server = createNodeServer((_request, response) => {
      response.writeHead(200);
      response.write('a');
      void answer.promise.then(() => response.end('b'));
    }, short);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const slow = await fetch(`http://127.0.0.1:${port}/`);
    // It begins after the slow answer, so that this one is over every limit, too, by the time that it is cut.
    const socket = connect(port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
    const [words] = (await once(socket, 'data')) as [Buffer];
    expect(words.toString()).toMatch(/^HTTP\/1\.1 400 /);
    await once(socket, 'close');
    answer.resolve();
    expect(await slow.text()).toBe('ab');
    server.closeAllConnections();
    server.close();
  });

  it('answer a request that never becomes whole with words', async () => {
    const server = createNodeServer(() => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n');
    const [theirs] = (await once(server, 'connection')) as [Socket];
    server.emit('clientError', Object.assign(new Error('late'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), theirs);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 [^]*after 30 s/);
    socket.destroy();
    server.close();
  });
});
