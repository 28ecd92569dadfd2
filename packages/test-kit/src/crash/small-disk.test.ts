import { spawnSync } from 'node:child_process';
import { mkdir, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, it } from 'vitest';

import { startFakeEngine } from '../fake-engine/start-fake-engine.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { readDatabase } from './checker/read-database.ts';
import { startCrashingServer } from './server-process.ts';
import type { CrashingServer } from './server-process.ts';

const DISK_BYTES = 48 * 1_048_576;
const FLAGS = ['--disable-warning=ExperimentalWarning'];
const CLI = fileURLToPath(new URL('../../../../apps/cli/src/main.ts', import.meta.url));
const PATIENT = { timeout: 20_000 };
const FULL = { code: 'storage_full', free_bytes: expect.any(Number), needed_bytes: expect.any(Number) };

/** A file system of its own, in memory; whoever may not make one skips the test. */
function mount(folder: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder]).status === 0;
}

function post(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
}

async function statusOf(url: string, body?: unknown): Promise<number> {
  const response = await (body === undefined ? fetch(url) : post(url, body));
  await response.arrayBuffer();
  return response.status;
}

let ids = 0;
const question = (): unknown => ({ message_id: `m-${(ids += 1)}`, text: 'Say 5 tokens', parent_id: null, model: 'fake:latest' });

function remount(folder: string, how: 'ro' | 'rw'): void {
  const { status, stderr } = spawnSync('mount', ['-o', `remount,${how}`, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

interface House {
  readonly data: string;
  readonly environment: Readonly<Record<string, string>>;
}

interface Server {
  readonly address: string;
  readonly messages: string;
  readonly process: CrashingServer;
}

async function start({ environment }: House): Promise<Server> {
  const process = startCrashingServer(environment);
  const address = await process.listening;
  if (address === undefined) throw new Error(process.output());
  return { address, messages: `${address}/api/conversations/c/messages`, process };
}

/** Everything that was stored can be had, and nothing new is taken, for the reason given. */
async function expectReadOnly({ address, messages }: Server, problem: unknown): Promise<void> {
  await expect.poll(() => statusOf(`${address}/api/conversations/c`), PATIENT).toBe(200);
  for (const path of ['search?q=tokens', 'c/export']) {
    const response = await fetch(`${address}/api/conversations/${path}`);
    expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('Say 5 tokens')]);
  }
  expect(await statusOf(`${address}/readyz`)).toBe(503);
  const refused = await post(messages, question());
  expect(await refused.json()).toMatchObject(problem as object);
}

async function expectTaken({ address, messages, process }: Server): Promise<void> {
  await expect.poll(() => statusOf(`${address}/readyz`), PATIENT).toBe(200);
  await expect.poll(() => statusOf(messages, question()), PATIENT).toBe(202);
  expect(process.isAlive).toBe(true);
}

it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
  'a disk that other programs fill to the last byte, or that may not be written: read-only, also over a restart, and back by itself',
  async ({ skip }) => {
    await using folder = await createTemporaryFolder();
    const data = join(folder.path, 'data');
    await mkdir(data, { mode: 0o700 });
    if (!mount(data)) skip('this user may not mount a file system');
    try {
      await using engine = await startFakeEngine();
      const house = { data, environment: { OLLAMA_HOST: engine.url, PILOTLIGHT_DATA: data, HOME: folder.path } };
      const first = await start(house);
      await expect.poll(async () => (await fetch(`${first.address}/api/models`)).text(), PATIENT).toContain('fake:latest');
      expect(await statusOf(first.messages, question())).toBe(202);
      await fillUp(data);
      await expect.poll(() => statusOf(first.messages, question()), PATIENT).toBe(507);
      await expectReadOnly(first, FULL);
      await first.process.kill();

      // Without a byte free, beside the log that the killed one left.
      const second = await start(house);
      await expectReadOnly(second, FULL);
      // A little, less than the reserve, is not enough.
      await truncate(join(data, 'filling'), (await stat(join(data, 'filling'))).size - 1_000_000);
      expect(await statusOf(second.messages, question())).toBe(507);
      await rm(join(data, 'filling'));
      await expectTaken(second);
      second.process.end();
      expect((await second.process.exited).code).toBe(0);
      expect((await readdir(data)).filter((name) => name.startsWith('pilotlight.db'))).toEqual(['pilotlight.db']);

      // Without a byte free for the log that an open database needs.
      await fillUp(data);
      const third = await start(house);
      await expectReadOnly(third, FULL);
      // A backup to another disk is what one wants now.
      const backup = spawnSync(process.execPath, [...FLAGS, CLI, 'backup', join(folder.path, 'backup.db')], {
        env: { ...house.environment, PATH: '' },
        encoding: 'utf8',
      });
      expect([backup.status, backup.stderr]).toEqual([0, '']);
      const copy = readDatabase(join(folder.path, 'backup.db'));
      expect([copy?.damage, copy?.messages.get('m-1')?.content]).toEqual([[], 'Say 5 tokens']);
      await rm(join(data, 'filling'));
      await expectTaken(third);
      await third.process.kill();

      remount(data, 'ro');
      const fourth = await start(house);
      await expectReadOnly(fourth, {
        code: 'storage_unavailable',
        detail: expect.stringMatching(/^The data folder is on a read-only file system\./),
      });
      remount(data, 'rw');
      await expectTaken(fourth);
      await fourth.process.kill();
      expect(readDatabase(join(data, 'pilotlight.db'))?.damage).toEqual([]);
    } finally {
      spawnSync('umount', ['-l', data]);
    }
  },
  240_000,
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
