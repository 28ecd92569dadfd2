import { copyFile, mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { Beginning } from '@pilotlight/chat';
import { Problem } from '@pilotlight/contract';
import { createManualClock, createTemporaryFolder } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { backUp, restore } from './back-up.ts';
import { MIGRATION_NAMES } from './migrations/migrate.ts';
import { openStorage } from './open-storage.ts';
import type { Storage } from './open-storage.ts';

const clock = createManualClock();
const SCHEMA_1 = new URL('fixtures/schema-1.sql', import.meta.url);
const NOW = Date.UTC(2026, 10, 24, 12);

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

function open(dataFolder: string): Promise<Storage> {
  return openStorage({ location: { file: join(dataFolder, 'pilotlight.db') }, clock });
}

async function idsIn(dataFolder: string): Promise<string[]> {
  await using storage = await open(dataFolder);
  return (await storage.chats.list({ before: undefined, limit: 200 })).map(({ id }) => id).toSorted();
}

async function fill(dataFolder: string, ...names: string[]): Promise<void> {
  await using storage = await open(dataFolder);
  for (const name of names) await storage.chats.begin(beginning(name));
}

async function failure(promise: Promise<unknown>): Promise<Problem> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Problem);
  return error as Problem;
}

/** Two data folders beside a folder for backups. */
async function folders() {
  const folder = await createTemporaryFolder();
  const [here, there, backups] = ['here', 'there', 'backups'].map((name) => join(folder.path, name)) as [string, string, string];
  await mkdir(backups);
  return { here, there, backups, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

describe('a backup', () => {
  it('is made while the server writes, and holds what was there at one instant', async () => {
    await using places = await folders();
    const file = join(places.backups, 'all.db');
    {
      await using storage = await open(places.here);
      await storage.chats.begin(beginning('first'));
      const done = new AbortController();
      const write = async (): Promise<number> => {
        let count = 0;
        for (; !done.signal.aborted; count += 1) await storage.chats.begin(beginning(`n${count}`, 'x'.repeat(10_000)));
        return count;
      };
      const writing = write();
      const facts = await backUp({ dataFolder: places.here, file, nowMs: NOW });
      done.abort();
      expect(await writing).toBeGreaterThan(0);
      expect(facts).toMatchObject({ schema: MIGRATION_NAMES.length, messages: 2 * facts.conversations, generations: facts.conversations });
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(await readdir(places.backups)).toEqual(['all.db']);
      await restore({ dataFolder: places.there, file, nowMs: NOW });
      expect(await idsIn(places.there)).toHaveLength(facts.conversations);
    }
  });

  it('holds nothing of what was removed before', async () => {
    await using places = await folders();
    const file = join(places.backups, 'all.db');
    {
      await using storage = await open(places.here);
      await storage.chats.begin(beginning('kept'));
      await storage.chats.begin(beginning('gone', 'A secret word: heliotrope. '.repeat(1000)));
      await storage.chats.remove('gone');
      await backUp({ dataFolder: places.here, file, nowMs: NOW });
    }
    expect((await readFile(file)).includes('heliotrope')).toBe(false);
  });

  it('is not written over another file, nor without a database', async () => {
    await using places = await folders();
    const file = join(places.backups, 'mine.txt');
    await writeFile(file, 'mine');
    expect((await failure(backUp({ dataFolder: places.here, file: join(places.backups, 'x.db'), nowMs: NOW }))).detail).toMatch(
      /no database yet/,
    );
    await fill(places.here, 'a');
    expect((await failure(backUp({ dataFolder: places.here, file, nowMs: NOW }))).detail).toMatch(/mine\.txt is there already/);
    const missing = join(places.backups, 'no');
    expect((await failure(backUp({ dataFolder: places.here, file: join(missing, 'x.db'), nowMs: NOW }))).detail).toBe(
      `There is no folder ${missing}. Make it, or name a file in another one.`,
    );
    expect((await failure(backUp({ dataFolder: places.here, file: join(file, 'x.db'), nowMs: NOW }))).detail).toBe(
      `${file} is no folder. Name a file in one.`,
    );
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect(await readdir(places.backups)).toEqual(['mine.txt']);
  });

  it('is not kept if the database is damaged', async () => {
    await using places = await folders();
    await fill(places.here, ...Array.from({ length: 50 }, (_, index) => `n${index}`));
    const database = join(places.here, 'pilotlight.db');
    await truncate(database, (await stat(database)).size - 8192);
    expect((await failure(backUp({ dataFolder: places.here, file: join(places.backups, 'x.db'), nowMs: NOW }))).detail).toMatch(/damaged/);
    expect(await readdir(places.backups)).toEqual([]);
  });
});

describe('restoring', () => {
  it('puts the backup in the place of the database and keeps that beside it', async () => {
    await using places = await folders();
    const file = join(places.backups, 'all.db');
    await fill(places.here, 'a', 'b');
    await backUp({ dataFolder: places.here, file, nowMs: NOW });
    await fill(places.here, 'c');
    const restored = await restore({ dataFolder: places.here, file, nowMs: NOW });
    expect(restored).toMatchObject({ conversations: 2, replaced: join(places.here, 'pilotlight.db.replaced-2026-11-24T12-00-00-000Z') });
    expect(await idsIn(places.here)).toEqual(['a', 'b']);
    await restore({ dataFolder: places.there, file: restored.replaced ?? '', nowMs: NOW });
    expect(await idsIn(places.there)).toEqual(['a', 'b', 'c']);
  });

  it('keeps what a killed server left in the second file of its database', async () => {
    await using places = await folders();
    const file = join(places.backups, 'all.db');
    await fill(places.here, 'a');
    await backUp({ dataFolder: places.here, file, nowMs: NOW });
    {
      // As after a kill: the files are copied while the database is open.
      await using storage = await open(places.here);
      await storage.chats.begin(beginning('late'));
      await mkdir(places.there);
      for (const suffix of ['', '-wal'])
        await copyFile(join(places.here, `pilotlight.db${suffix}`), join(places.there, `pilotlight.db${suffix}`));
    }
    const { replaced = '' } = await restore({ dataFolder: places.there, file, nowMs: NOW });
    expect(await idsIn(places.there)).toEqual(['a']);
    const kept = new DatabaseSync(replaced);
    expect(kept.prepare('SELECT id FROM conversations ORDER BY id').all()).toEqual([{ id: 'a' }, { id: 'late' }]);
    kept.close();
  });

  it('replaces a database that is damaged, and keeps its files', async () => {
    await using places = await folders();
    const file = join(places.backups, 'all.db');
    await fill(places.here, 'a');
    await backUp({ dataFolder: places.here, file, nowMs: NOW });
    await writeFile(join(places.here, 'pilotlight.db'), 'no database any more, but long enough to be one, as it seems'.repeat(20));
    const { replaced = '' } = await restore({ dataFolder: places.here, file, nowMs: NOW });
    expect(await readFile(replaced, 'utf8')).toMatch(/^no database any more/);
    expect(await idsIn(places.here)).toEqual(['a']);
  });

  it('is not disturbed by what is left of a database that is gone', async () => {
    await using places = await folders();
    const file = join(places.backups, 'all.db');
    await fill(places.here, 'a');
    await backUp({ dataFolder: places.here, file, nowMs: NOW });
    {
      await using storage = await open(places.here);
      await storage.chats.begin(beginning('b', 'x'.repeat(50_000)));
      await mkdir(places.there);
      await copyFile(join(places.here, 'pilotlight.db-wal'), join(places.there, 'pilotlight.db-wal'));
    }
    expect((await restore({ dataFolder: places.there, file, nowMs: NOW })).replaced).toBeUndefined();
    expect(await idsIn(places.there)).toEqual(['a']);
  });

  it('waits for no server: it refuses while one has the folder', async () => {
    await using places = await folders();
    const file = join(places.backups, 'all.db');
    await using storage = await open(places.here);
    await storage.chats.begin(beginning('a'));
    await backUp({ dataFolder: places.here, file, nowMs: NOW });
    expect((await failure(restore({ dataFolder: places.here, file, nowMs: NOW }))).code).toBe('data_folder_in_use');
    expect(await storage.chats.list({ before: undefined, limit: 9 })).toHaveLength(1);
  });

  it('refuses what is no backup, is damaged, or is newer, and changes nothing', async () => {
    await using places = await folders();
    await fill(places.here, 'a');
    const good = join(places.backups, 'good.db');
    await backUp({ dataFolder: places.here, file: good, nowMs: NOW });
    const paths = Object.fromEntries(
      ['text', 'empty', 'foreign', 'damaged', 'newer', 'renamed'].map((name) => [name, join(places.backups, name)]),
    );
    await writeFile(paths['text'] ?? '', 'a letter '.repeat(1000));
    await writeFile(paths['empty'] ?? '', '');
    change(paths['foreign'] ?? '', 'CREATE TABLE conversations (id TEXT)');
    await copyFile(good, paths['damaged'] ?? '');
    await truncate(paths['damaged'] ?? '', 40_960);
    await copyFile(good, paths['newer'] ?? '');
    change(paths['newer'] ?? '', "INSERT INTO migrations VALUES (99, 'later', 0)");
    await copyFile(good, paths['renamed'] ?? '');
    change(paths['renamed'] ?? '', "UPDATE migrations SET name = 'other' WHERE number = 1");
    const words = async (name: string): Promise<string> =>
      (await failure(restore({ dataFolder: places.here, file: paths[name] ?? name, nowMs: NOW }))).detail;
    expect(await words('/nowhere/at-all.db')).toBe('There is no file at-all.db.');
    for (const name of ['text', 'empty', 'foreign', 'renamed']) expect(await words(name)).toBe('The file is no database of Pilotlight.');
    expect(await words('damaged')).toMatch(/damaged/);
    expect(await words('newer')).toMatch(/newer version.*number 99/);
    expect(await words(join(places.here, 'pilotlight.db'))).toMatch(/the database itself/);
    expect((await readdir(places.here)).filter((name) => /restoring|replaced/.test(name))).toEqual([]);
    expect(await idsIn(places.here)).toEqual(['a']);
  });
});

function change(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

describe('a database of an older schema', () => {
  it('is copied before it is brought up to date, and found again in the copy', async () => {
    await using places = await folders();
    await mkdir(places.here);
    const sql = await readFile(SCHEMA_1, 'utf8');
    change(join(places.here, 'pilotlight.db'), sql);
    expect(await idsIn(places.here)).toEqual(['c1', 'c2']);
    const copies = (await readdir(places.here)).filter((name) => name.includes('.schema-'));
    expect(copies).toEqual([expect.stringMatching(/^pilotlight\.db\.schema-1-/)]);
    // It is copied once only.
    expect(await idsIn(places.here)).toEqual(['c1', 'c2']);
    expect((await readdir(places.here)).filter((name) => name.includes('.schema-'))).toEqual(copies);

    const restored = await restore({ dataFolder: places.there, file: join(places.here, copies[0] ?? ''), nowMs: NOW });
    expect(restored).toMatchObject({ schema: 1, conversations: 2, messages: 6, generations: 3, replaced: undefined });
    await using storage = await open(places.there);
    expect((await storage.chats.conversation('c1'))?.messages.map(({ content }) => content)).toContain(
      'Puffins nest in burrows on sea cliffs.',
    );
    expect(await storage.chats.running()).toEqual(['g-3']);
    const hits = await storage.chats.search({ text: 'nest', skip: 0, limit: 9 });
    expect(hits.map(({ messageId }) => messageId ?? 'title').toSorted()).toEqual(['a-1', 'a-2', 'q-1']);
    expect(await storage.chats.search({ text: 'ecrire', skip: 0, limit: 9 })).toMatchObject([
      { messageId: undefined },
      { messageId: 'q-3' },
    ]);
  });
});
