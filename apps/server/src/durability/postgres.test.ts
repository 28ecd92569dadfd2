import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { chatReplySchema } from '@pilotlight/contract';
import { createTemporaryFolder, startPostgres, whyNoPostgres } from '@pilotlight/test-kit';
import type { TestPostgres } from '@pilotlight/test-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startServerProcess } from '../testing/start-server-process.ts';
import type { ServerProcess } from '../testing/start-server-process.ts';

/** Real processes on a machine that may be busy. */
const PATIENT = { timeout: 30_000, interval: 50 };
const reason = whyNoPostgres();

async function ask(server: ServerProcess, message: string, conversationId: string): Promise<Response> {
  return fetch(`${server.url}/api/chat/message`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message, conversation_id: conversationId }),
  });
}

async function historyOf(server: ServerProcess, conversationId: string): Promise<unknown> {
  return (await fetch(`${server.url}/api/chat/history/${conversationId}`)).json();
}

async function readiness(server: ServerProcess): Promise<unknown> {
  return (await fetch(`${server.url}/readyz`)).json();
}

/** A server that cannot start: its exit code and what it said. */
async function refused(url: string): Promise<{ readonly code: number | null; readonly words: string }> {
  await using server = await startServerProcess({ DATABASE_URL: url });
  const code = await server.exited;
  return { code, words: server.output() + server.errors() };
}

describe.skipIf(reason !== undefined)(`the server over Postgres${reason === undefined ? '' : ` (${reason})`}`, () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres({ isDurable: true });
  }, 60_000);
  afterAll(() => postgres[Symbol.asyncDispose]());

  it('answers with the pilot, and has the answer after it was killed', async () => {
    const environment = { DATABASE_URL: postgres.url() };
    let reply: string;
    {
      await using server = await startServerProcess(environment);
      reply = chatReplySchema.parse(await (await ask(server, 'What is 2 + 2?', 'sums')).json()).response;
      expect(reply).toMatch(/4/);
      // Nothing of it is in the data folder.
      expect((await readdir(server.dataFolder)).filter((name) => name.includes('.db'))).toEqual([]);
      server.kill('SIGKILL');
      await server.exited;
    }
    await using server = await startServerProcess(environment);
    await expect.poll(() => readiness(server), PATIENT).toMatchObject({ ready: true });
    expect(JSON.stringify(await historyOf(server, 'sums'))).toContain(JSON.stringify(reply));
    expect(server.output() + server.errors()).not.toContain('postgres://');
  }, 90_000);

  it('needs no data folder that can be written, or made', async () => {
    await using folder = await createTemporaryFolder();
    await writeFile(join(folder.path, 'file'), '');
    await using server = await startServerProcess({ DATABASE_URL: postgres.url(), PILOTLIGHT_DATA: join(folder.path, 'file', 'data') });
    expect((await ask(server, 'What is 1 + 1?', 'nowhere')).status).toBe(200);
    await expect.poll(() => readiness(server), PATIENT).toMatchObject({ ready: true });
    expect(JSON.stringify(await historyOf(server, 'nowhere'))).toContain('What is 1 + 1?');
  }, 90_000);

  it('says while the database is away that nothing can be stored, and goes on when it is back', async () => {
    await using server = await startServerProcess({ DATABASE_URL: postgres.url() });
    expect((await ask(server, 'What is 3 + 3?', 'away')).status).toBe(200);
    await postgres.stop();
    try {
      await expect.poll(() => readiness(server), PATIENT).toMatchObject({ ready: false, storage: 'read_only' });
      const refusal = await ask(server, 'What is 4 + 4?', 'away');
      expect(refusal.status).toBe(503);
      expect(await refusal.json()).toMatchObject({
        code: 'storage_unavailable',
        detail: expect.stringMatching(/cannot be reached: nothing listens there/),
      });
    } finally {
      await postgres.start();
    }
    await expect.poll(() => readiness(server), PATIENT).toMatchObject({ ready: true });
    expect((await ask(server, 'What is 4 + 4?', 'away')).status).toBe(200);
    expect(JSON.stringify(await historyOf(server, 'away'))).toContain('What is 3 + 3?');
  }, 90_000);

  it('refuses to start on a database that another server uses, in words, and says so without a stack', async () => {
    await using first = await startServerProcess({ DATABASE_URL: postgres.url() });
    expect(first.url).not.toBe('');
    const { code, words } = await refused(postgres.url());
    expect(code).toBe(1);
    expect(words).toMatch(/Another Pilotlight uses this database\.\nStop it, or name another database in DATABASE_URL\./);
    expect(words).not.toMatch(/\n\s+at /);
  }, 90_000);

  it.each([
    [
      'a server that is not there',
      () => 'postgres://pilot:sesame@127.0.0.1:1/postgres',
      /at 127\.0\.0\.1:1 cannot be reached: nothing listens there/,
    ],
    ['a database that is not there', () => postgres.url('nowhere', 'pilot', 'sesame'), /no database of the name in DATABASE_URL/],
    ['an address that is none', () => 'mysql://pilot:sesame@127.0.0.1/x', /DATABASE_URL.*postgres:\/\/USER:PASSWORD@HOST/],
    ['an option that is none', () => `${postgres.url('postgres', 'pilot', 'sesame')}?sslmode=perhaps`, /sslmode must be one of disable/],
  ])(
    'refuses to start with %s, in words that hold no secret',
    async (_name, url, expected) => {
      const { code, words } = await refused(url());
      expect(code).toBeGreaterThan(0);
      expect(words).toMatch(expected);
      expect(words).not.toMatch(/sesame|\n\s+at /);
    },
    60_000,
  );
});
