import { spawnSync } from 'node:child_process';
import { mkdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { startFakeEngine } from '../fake-engine/start-fake-engine.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { startCrashingServer } from './server-process.ts';

const DISK_BYTES = 48 * 1_048_576;

/** A file system of its own, in memory; whoever may not make one skips the test. */
function mount(folder: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder]).status === 0;
}

async function statusOf(url: string, body?: unknown): Promise<number> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(url, init);
  await response.arrayBuffer();
  return response.status;
}

let ids = 0;
const question = (): unknown => ({ message_id: `m-${(ids += 1)}`, text: 'Say 5 tokens', parent_id: null, model: 'fake:latest' });

it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
  'a disk that other programs fill to the last byte: read-only, also over a restart, and back by itself',
  async ({ skip }) => {
    await using folder = await createTemporaryFolder();
    const data = join(folder.path, 'data');
    await mkdir(data, { mode: 0o700 });
    if (!mount(data)) skip();
    try {
      await using engine = await startFakeEngine();
      const environment = { OLLAMA_HOST: engine.url, PILOTLIGHT_DATA: data, HOME: folder.path };
      const first = startCrashingServer(environment);
      const address = await first.listening;
      if (address === undefined) throw new Error(first.output());
      const messages = `${address}/api/conversations/c/messages`;
      await expect.poll(async () => (await fetch(`${address}/api/models`)).text(), { timeout: 30_000 }).toContain('fake:latest');
      expect(await statusOf(messages, question())).toBe(202);
      await fillUp(data);
      await expect.poll(() => statusOf(messages, question()), { timeout: 20_000 }).toBe(507);
      expect(await statusOf(`${address}/readyz`)).toBe(503);
      expect(await statusOf(`${address}/api/conversations/c`)).toBe(200);
      await first.kill();

      // Without a byte to open the database with, a start is refused in words.
      const refused = startCrashingServer(environment);
      expect(await refused.exited).toEqual({ code: 1, signal: null });
      expect(refused.output()).toContain('The disk is full.\nFree space on the disk of the data folder, then start it again.');

      // With a little of it, less than the reserve, everything can be read.
      await truncate(join(data, 'filling'), (await stat(join(data, 'filling'))).size - 1_000_000);
      const second = startCrashingServer(environment);
      const again = await second.listening;
      if (again === undefined) throw new Error(second.output());
      try {
        await expect.poll(() => statusOf(`${again}/api/conversations/c`), { timeout: 20_000 }).toBe(200);
        expect(await statusOf(`${again}/api/conversations/c/messages`, question())).toBe(507);
        await rm(join(data, 'filling'));
        await expect.poll(() => statusOf(`${again}/readyz`), { timeout: 20_000 }).toBe(200);
        await expect.poll(() => statusOf(`${again}/api/conversations/c/messages`, question()), { timeout: 20_000 }).toBe(202);
        expect(second.isAlive).toBe(true);
      } finally {
        await second.kill();
      }
    } finally {
      spawnSync('umount', ['-l', data]);
    }
  },
  120_000,
);

async function fillUp(folder: string): Promise<void> {
  const piece = Buffer.alloc(65_536);
  for (;;) {
    try {
      await writeFile(join(folder, 'filling'), piece, { flag: 'a' });
    } catch {
      return;
    }
  }
}
