import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { once } from 'node:events';

import { resolveSettings } from '@pilotlight/settings';
import type { Settings } from '@pilotlight/settings';
import { createTemporaryFolder } from '@pilotlight/test-kit';
import { expect, it } from 'vitest';

import { listen } from './adapters/listen.ts';
import { createScriptedGateway } from './testing/scripted-gateway.ts';
import { openChat, inOrder, openDatabase, openGateway } from './wiring.ts';

function settingsOf(folder: string, environment: Readonly<Record<string, string>> = {}): Settings {
  const result = resolveSettings({
    surroundings: { platform: 'linux', home: folder, folder, environment: { PILOTLIGHT_DATA: folder, ...environment } },
  });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.settings;
}

it('a chat that cannot be opened leaves no storage open, whose lock stayed on the data folder', async () => {
  await using folder = await createTemporaryFolder();
  await using gateway = createScriptedGateway();
  const settings = settingsOf(folder.path);
  const failing = Object.defineProperty({ ...settings }, 'logContent', {
    get() {
      throw new Error('planted');
    },
  });
  await expect(openChat({ settings: failing, storage: await openDatabase(settings), gateway, log: () => {} })).rejects.toThrow('planted');
  await using opened = await openChat({ settings, storage: await openDatabase(settings), gateway, log: () => {} });
  expect(await opened.chat.recover()).toBe(0);
});

it('a gateway that has ended keeps no socket to a server, which it did', async () => {
  await using folder = await createTemporaryFolder();
  const sockets: Socket[] = [];
  const server = createServer({ keepAliveTimeout: 600_000 }, (_request, response) => response.end('{"models":[]}'));
  server.on('connection', (socket) => void sockets.push(socket));
  try {
    const port = await listen(server, '127.0.0.1', 0);
    const gateway = openGateway(settingsOf(folder.path, { OLLAMA_HOST: `127.0.0.1:${port}` }), () => {});
    await gateway.started;
    expect(sockets.length).toBeGreaterThan(0);
    const closed = sockets.filter((socket) => !socket.destroyed).map((socket) => once(socket, 'close'));
    await gateway[Symbol.asyncDispose]();
    await Promise.all(closed);
    expect(sockets.every((socket) => socket.destroyed)).toBe(true);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});

it('engines that are named come first, in that order, and the others follow as they are', () => {
  const engines = ['llama.cpp', 'ollama', 'gpu'].map((id) => ({ id }));
  expect(inOrder(engines, ['gpu', 'away', 'ollama']).map(({ id }) => id)).toEqual(['gpu', 'ollama', 'llama.cpp']);
  expect(inOrder(engines, []).map(({ id }) => id)).toEqual(['llama.cpp', 'ollama', 'gpu']);
});
