import { spawnSync } from 'node:child_process';
import { chmod, chown, copyFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { DATABASE_FILE } from '@pilotlight/storage';
import { openTestStorage } from '@pilotlight/storage/testing';
import { createTemporaryFolder } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { startServerProcess } from '../testing/start-server-process.ts';
import type { ServerProcess } from '../testing/start-server-process.ts';

const PATIENT = { timeout: 20_000 };
/** What may not be written does not stop the superuser: then the server runs as nobody. */
const USER = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** Why that cannot be tried here, for the line of a test that is skipped. */
function whyNot(): string | undefined {
  if (process.platform === 'win32') return 'folders of Windows have no such permission';
  if (USER === undefined) return undefined;
  const { status } = spawnSync(process.execPath, ['-e', `require('node:fs').accessSync(${JSON.stringify(MAIN)})`], { ...USER, cwd: '/' });
  return status === 0 ? undefined : 'another user cannot reach the program here';
}

/** A data folder of the user that the server runs as, with a question whose answer a killed server left open. */
async function fill(folder: string): Promise<void> {
  {
    await using storage = await openTestStorage({ location: { file: join(folder, DATABASE_FILE) }, nowMs: 1 });
    await storage.chats.begin({
      conversationId: 'c',
      title: 'Harbour',
      question: { kind: 'question', id: 'q', text: 'Where is the harbour?', parentId: undefined, system: undefined },
      answerId: 'a',
      generationId: 'g',
      fingerprint: 'f',
      model: undefined,
      task: 'chat',
      firstParts: { count: 1, parts: '[{"type":"start"}]' },
      atMs: 1,
    });
  }
  if (USER === undefined) return;
  for (const name of ['', ...(await readdir(folder))]) await chown(join(folder, name), USER.uid, USER.gid);
}

async function read(server: ServerProcess, path: string): Promise<string> {
  const response = await fetch(server.url + path);
  return `${response.status} ${await response.text()}`;
}

function ask(server: ServerProcess): Promise<Response> {
  const body = JSON.stringify({ message_id: 'm', text: 'And the lighthouse?', parent_id: null });
  return fetch(`${server.url}/api/conversations/c/messages`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

const reason = whyNot();
describe.skipIf(reason !== undefined)(
  `a data folder that may not be written${reason === undefined ? '' : ` (not tried: ${reason})`}`,
  () => {
    it('is read, and says why it takes nothing new, until it may be written', async () => {
      await using folder = await createTemporaryFolder();
      await fill(folder.path);
      await chmod(folder.path, 0o500);
      await using server = await startServerProcess({ PILOTLIGHT_DATA: folder.path }, USER);
      await expect.poll(() => read(server, '/api/conversations/c'), PATIENT).toMatch(/^200 .*Where is the harbour/);
      expect(await read(server, '/api/conversations/search?q=harbour')).toMatch(/^200 .*Where is the harbour/);
      expect(await read(server, '/api/conversations/c/export')).toMatch(/^200 .*Where is the harbour/);
      const refused = await ask(server);
      expect([refused.status, await refused.json()]).toEqual([
        503,
        expect.objectContaining({
          code: 'storage_unavailable',
          detail: `The data folder may not be written: permission denied. The data folder is ${folder.path}.`,
          remedy: expect.stringContaining('permissions'),
        }),
      ]);
      expect(await read(server, '/readyz')).toMatch(/^503 .*"storage":"read_only"/);
      expect(await readdir(folder.path)).toEqual([DATABASE_FILE, 'pilotlight.lock']);

      await chmod(folder.path, 0o700);
      await expect.poll(async () => (await ask(server)).status, PATIENT).toBe(202);
      // What the killed server left open is closed then, too.
      await expect.poll(() => read(server, '/api/conversations/c'), PATIENT).toContain('"state":"interrupted"');
    }, 60_000);

    it('says where to copy it if what was stored last can be read only with a file that cannot be made', async () => {
      await using folder = await createTemporaryFolder();
      await using left = await createTemporaryFolder();
      await fill(folder.path);
      {
        // As a killed server leaves it, but for the index of the log.
        await using storage = await openTestStorage({ location: { file: join(folder.path, DATABASE_FILE) }, nowMs: 1 });
        await storage.chats.rename('c', 'Lighthouse');
        for (const suffix of ['', '-wal'])
          await copyFile(join(folder.path, DATABASE_FILE + suffix), join(left.path, DATABASE_FILE + suffix));
      }
      for (const name of await readdir(left.path)) await chmod(join(left.path, name), 0o444);
      await chmod(left.path, 0o555);
      await using server = await startServerProcess({ PILOTLIGHT_DATA: left.path }, USER);
      expect(await server.exited).toBe(1);
      expect(server.errors()).toMatch(/beside the database \(-wal\).*Copy the data folder to a place that can be written.*PILOTLIGHT_DATA/);
      await chmod(left.path, 0o700);
    }, 60_000);

    it('is refused in words if what is in it may not be read either', async () => {
      await using folder = await createTemporaryFolder();
      await fill(folder.path);
      await chmod(join(folder.path, DATABASE_FILE), 0o000);
      await chmod(folder.path, 0o500);
      await using server = await startServerProcess({ PILOTLIGHT_DATA: folder.path }, USER);
      expect(await server.exited).toBe(1);
      expect(server.errors()).toMatch(
        /^The data folder may not be written: permission denied\. The database cannot be read as it is either\.\n.*permissions/,
      );
      await chmod(folder.path, 0o700);
    }, 60_000);
  },
);
