import { createServer } from 'node:http';

import { expect, it } from 'vitest';

import { listen } from '../adapters/listen.ts';
import { closeServer } from './close-server.ts';

it('frees the gateway and the socket although the store fails at its end, which left both behind', async () => {
  const ended: string[] = [];
  const lines: string[] = [];
  const failure = new Error('disk I/O error');
  const server = createServer();
  await listen(server, '127.0.0.1', 0);
  const disposable = (name: string, error?: Error): AsyncDisposable => ({
    [Symbol.asyncDispose]() {
      ended.push(name);
      return error ? Promise.reject(error) : Promise.resolve();
    },
  });
  let cause: unknown;
  await closeServer({
    server,
    endApp: () => {
      ended.push('app');
      return Promise.resolve();
    },
    opening: Promise.resolve(disposable('chat', failure)),
    recovered: Promise.resolve(),
    gateway: disposable('gateway'),
    stopping: new AbortController(),
    log: (name, line) => {
      lines.push(name);
      if (name === 'fault') cause = line?.cause;
    },
    reason: 'SIGTERM',
  });
  expect(ended).toEqual(['chat', 'gateway', 'app']);
  expect(server.listening).toBe(false);
  expect(lines).toEqual(['server_stopping', 'fault', 'server_stopped']);
  expect(cause).toBe(failure);
});
