import { mkdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { Beginning } from '@pilotlight/chat';
import { Problem } from '@pilotlight/contract';
import { createManualClock, createTemporaryFolder } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { migrate } from './migrations/migrate.ts';
import { openStorage } from './open-storage.ts';
import type { Storage } from './open-storage.ts';
import { openTestStorage } from './testing.ts';

const clock = createManualClock();

function beginning(name: string, text = 'Hello'): Beginning {
  return {
    conversationId: name,
    title: name,
    question: { kind: 'question', id: `q-${name}`, text, parentId: undefined, system: undefined },
    answerId: `a-${name}`,
    generationId: `g-${name}`,
    fingerprint: name,
    model: undefined,
    task: 'chat',
    firstParts: { count: 1, parts: '[{}]' },
    atMs: 1,
  };
}

function open(file: string): Promise<Storage> {
  return openStorage({ location: { file }, clock });
}

async function failure(promise: Promise<unknown>): Promise<Problem> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Problem);
  return error as Problem;
}

describe('opening the database', () => {
  it('makes folder and file for the owner alone', async () => {
    await using folder = await createTemporaryFolder();
    const file = join(folder.path, 'a', 'b', 'chat.db');
    await using storage = await open(file);
    await storage.chats.begin(beginning('1'));
    expect((await stat(join(folder.path, 'a', 'b'))).mode & 0o777).toBe(0o700);
    for (const suffix of ['', '-wal', '-shm']) expect((await stat(file + suffix)).mode & 0o777).toBe(0o600);
  });

  it('finds again what was stored, and takes a file that another program left open to everybody', async () => {
    await using folder = await createTemporaryFolder();
    const file = join(folder.path, 'chat.db');
    await writeFile(file, '', { mode: 0o644 });
    {
      await using storage = await open(file);
      await storage.chats.begin(beginning('1'));
    }
    await using storage = await open(file);
    expect(await storage.chats.running()).toEqual(['g-1']);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('refuses a database that a newer version has written, in words, and leaves it alone', async () => {
    await using folder = await createTemporaryFolder();
    const file = join(folder.path, 'chat.db');
    await (await open(file))[Symbol.asyncDispose]();
    const database = new DatabaseSync(file);
    database.exec("INSERT INTO migrations VALUES (99, 'from the future', 0)");
    database.close();
    const problem = await failure(open(file));
    expect(problem.code).toBe('storage_unavailable');
    expect(problem.detail).toMatch(/newer version of Pilotlight.*number 99.*up to \d+\./);
  });

  it('refuses a file that is no database, or a damaged one', async () => {
    await using folder = await createTemporaryFolder();
    const text = join(folder.path, 'text.db');
    await writeFile(text, 'This is a letter, not a database. '.repeat(100));
    expect((await failure(open(text))).detail).toMatch(/not a database/);
    expect(await readFile(text, 'utf8')).toMatch(/^This is a letter/);

    const damaged = join(folder.path, 'damaged.db');
    {
      await using storage = await open(damaged);
      await storage.chats.begin(beginning('1', 'x'.repeat(100_000)));
    }
    await truncate(damaged, 65_536);
    expect((await failure(open(damaged))).detail).toMatch(/damaged/);
  });

  it('says so when the place of the file is a folder', async () => {
    await using folder = await createTemporaryFolder();
    await mkdir(join(folder.path, 'chat.db'));
    expect((await failure(open(join(folder.path, 'chat.db')))).detail).toMatch(/is a folder/);
  });

  it('refuses calls after it was closed, and can be closed twice', async () => {
    for (const location of [{ memory: true } as const, undefined]) {
      await using folder = await createTemporaryFolder();
      const storage = await openStorage({ location: location ?? { file: join(folder.path, 'chat.db') }, clock });
      const last = storage.chats.begin(beginning('1'));
      await storage[Symbol.asyncDispose]();
      expect((await last).outcome).toBe('stored');
      expect((await failure(storage.chats.running())).detail).toMatch(/closed/);
      await storage[Symbol.asyncDispose]();
    }
  });
});

describe('migrations', () => {
  it('go on where an interrupted start left off', () => {
    const database = new DatabaseSync(':memory:');
    const steps = [
      { name: 'one', statements: ['CREATE TABLE one (id INTEGER)'] },
      { name: 'two', statements: ['CREATE TABLE two (id INTEGER)', 'CREATE TABLE broken ('] },
    ];
    expect(() => migrate(database, 1, steps)).toThrow(/syntax error|incomplete input/);
    expect(database.prepare("SELECT name FROM sqlite_master WHERE name IN ('one', 'two')").all()).toEqual([{ name: 'one' }]);
    const mended = [steps[0]!, { name: 'two', statements: ['CREATE TABLE two (id INTEGER)'] }];
    expect(migrate(database, 2, mended)).toBe(1);
    expect(migrate(database, 3, mended)).toBe(0);
    expect(database.prepare('SELECT number, name, applied_ms FROM migrations').all()).toEqual([
      { number: 1, name: 'one', applied_ms: 1 },
      { number: 2, name: 'two', applied_ms: 2 },
    ]);
  });
});

describe('a disk that fails', () => {
  it('is full: nothing of the call is stored, what was there can be read, and it goes on when there is room', async () => {
    let setPages = (_pages: number): void => undefined;
    await using storage = await openTestStorage({
      location: { memory: true },
      nowMs: 1,
      wrap(connection) {
        setPages = (pages) => connection.exec(`PRAGMA max_page_count = ${pages}`);
        return connection;
      },
    });
    await storage.chats.begin(beginning('1'));
    setPages(1);
    const problem = await failure(storage.chats.begin(beginning('2', 'x'.repeat(100_000))));
    expect([problem.code, problem.detail]).toEqual(['storage_full', 'The disk is full.']);
    expect((await storage.chats.list({ before: undefined, limit: 9 })).map(({ id }) => id)).toEqual(['1']);
    setPages(100_000);
    expect((await storage.chats.begin(beginning('2'))).outcome).toBe('stored');
  });

  it('is full for one of several calls at once: the others are stored', async () => {
    await using storage = await openTestStorage({
      location: { memory: true },
      nowMs: 1,
      wrap(connection) {
        connection.exec('PRAGMA max_page_count = 60');
        return connection;
      },
    });
    const calls = [beginning('1'), beginning('2', 'x'.repeat(300_000)), beginning('3')].map((value) => storage.chats.begin(value));
    const results = await Promise.allSettled(calls);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await storage.chats.running()).toEqual(['g-1', 'g-3']);
  });

  it('is read-only: it says so', async () => {
    await using storage = await openTestStorage({
      location: { memory: true },
      nowMs: 1,
      wrap(connection) {
        connection.exec('PRAGMA query_only = ON');
        return connection;
      },
    });
    expect((await failure(storage.chats.begin(beginning('1')))).detail).toBe('The database is read-only.');
    expect(await storage.chats.running()).toEqual([]);
  });
});
