import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { expect, test } from 'vitest';

import { createUndiciNetwork } from './undici-network.ts';

async function listen(server: Server): Promise<AsyncDisposable & { readonly url: string }> {
  const sockets = new Set<{ destroy(): void }>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

/** A server that answers every connection with these bytes, then closes it if told to. */
function answering(text: string, closes: boolean): Server {
  return createTcpServer((socket) => {
    socket.once('data', () => (closes ? socket.end(text) : socket.write(text)));
  });
}

test('it sends method, headers and body, and reads status, headers and body', async () => {
  const server = createServer((request, response) => {
    response.writeHead(201, { 'X-Seen': `${request.method} ${request.url} ${String(request.headers['x-test'])}` });
    request.pipe(response);
  });
  await using running = await listen(server);
  await using network = createUndiciNetwork();
  const response = await network.request({ method: 'POST', url: `${running.url}/a?b=1`, headers: { 'x-test': 'yes' }, body: 'hello' });
  expect(response.status).toBe(201);
  expect(response.headers['x-seen']).toBe('POST /a?b=1 yes');
  expect(await textOf(response.body)).toBe('hello');
});

test('a redirect is an answer, not followed', async () => {
  await using running = await listen(answering('HTTP/1.1 307 Moved\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n', false));
  await using network = createUndiciNetwork();
  const response = await network.request({ method: 'GET', url: running.url });
  expect([response.status, response.headers['location']]).toEqual([307, '/elsewhere']);
  expect(await textOf(response.body)).toBe('');
});

test('a connection that breaks in the body is "cut", after what had come', async () => {
  await using running = await listen(answering('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n', true));
  await using network = createUndiciNetwork();
  const response = await network.request({ method: 'GET', url: running.url });
  const seen: string[] = [];
  const reading = (async () => {
    for await (const piece of response.body) seen.push(Buffer.from(piece).toString());
  })();
  await expect(reading).rejects.toMatchObject({ name: 'NetworkError', failure: 'cut' });
  expect(seen).toEqual(['hello']);
});

test('a body shorter than its length is "cut"', async () => {
  await using running = await listen(answering('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello', true));
  await using network = createUndiciNetwork();
  const response = await network.request({ method: 'GET', url: running.url });
  await expect(textOf(response.body)).rejects.toMatchObject({ failure: 'cut' });
});

test('no connection, no answer and no HTTP are told apart', async () => {
  await using network = createUndiciNetwork();
  let closed: string;
  {
    await using gone = await listen(answering('', true));
    closed = gone.url;
  }
  await expect(network.request({ method: 'GET', url: closed })).rejects.toMatchObject({ failure: 'refused' });
  await using silent = await listen(answering('', true));
  await expect(network.request({ method: 'GET', url: silent.url })).rejects.toMatchObject({ failure: 'cut' });
  await using strange = await listen(answering('SSH-2.0-OpenSSH_9.6\r\n', false));
  await expect(network.request({ method: 'GET', url: strange.url })).rejects.toMatchObject({ failure: 'invalid' });
});

test('aborting before the head rejects with the reason and closes the connection', async () => {
  const arrived = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const server = createServer((request) => {
    request.socket.on('close', () => left.resolve());
    arrived.resolve();
  });
  await using running = await listen(server);
  await using network = createUndiciNetwork();
  const controller = new AbortController();
  const reason = new Error('enough');
  const request = network.request({ method: 'GET', url: running.url, signal: controller.signal });
  await Promise.all([expect(request).rejects.toBe(reason), arrived.promise.then(() => controller.abort(reason))]);
  await left.promise;
});

test('aborting in the body rejects the wait with the reason and closes the connection', async () => {
  const left = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    request.socket.on('close', () => left.resolve());
    response.write('first');
  });
  await using running = await listen(server);
  await using network = createUndiciNetwork();
  const controller = new AbortController();
  const response = await network.request({ method: 'GET', url: running.url, signal: controller.signal });
  const iterator = response.body[Symbol.asyncIterator]();
  expect(Buffer.from((await iterator.next()).value as Uint8Array).toString()).toBe('first');
  const next = iterator.next();
  controller.abort(new Error('enough'));
  await expect(next).rejects.toThrow('enough');
  await left.promise;
});

test('leaving the loop closes the connection', async () => {
  const left = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    request.socket.on('close', () => left.resolve());
    response.write('first');
  });
  await using running = await listen(server);
  await using network = createUndiciNetwork();
  const response = await network.request({ method: 'GET', url: running.url });
  for await (const _piece of response.body) break;
  await left.promise;
});

test('300 requests are under way at once: none waits for another', async () => {
  let open = 0;
  const all = Promise.withResolvers<void>();
  const server = createServer((_request, response) => {
    open += 1;
    if (open === 300) all.resolve();
    void all.promise.then(() => response.end('ok'));
  });
  await using running = await listen(server);
  await using network = createUndiciNetwork();
  const answers = await Promise.all(
    Array.from({ length: 300 }, async () => textOf((await network.request({ method: 'GET', url: running.url })).body)),
  );
  expect(new Set(answers)).toEqual(new Set(['ok']));
});

test('a reader that does not read stops the sender; nothing is lost', async () => {
  const size = 8_000_000;
  const server = createServer((_request, response) => response.end(Buffer.alloc(size, 'x')));
  await using running = await listen(server);
  await using network = createUndiciNetwork();
  const response = await network.request({ method: 'GET', url: running.url });
  await new Promise((resolve) => setImmediate(resolve));
  expect((await textOf(response.body)).length).toBe(size);
});
