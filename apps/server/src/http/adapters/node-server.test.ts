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

  it('do not end an answer that takes longer than any of them', async () => {
    const server = createNodeServer((_request, response) => {
      response.writeHead(200);
      response.write('a');
      setTimeout(() => response.end('b'), 400);
    });
    // The same limits, made short: they hold for what the client sends, and for nothing else.
    server.headersTimeout = 100;
    server.requestTimeout = 100;
    server.keepAliveTimeout = 100;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('ab');
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
