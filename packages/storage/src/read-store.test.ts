import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import type { ConversationRecord, LogPage } from '@pilotlight/chat';
import { createTemporaryFolder } from '@pilotlight/test-kit';
import { expect, it } from 'vitest';

import { readDatabase } from './adapters/read-database.ts';
import type { Storage } from './open-storage.ts';
import { openReadStore } from './read-store.ts';
import type { ReadStore } from './read-store.ts';
import { StorageFault } from './storage-fault.ts';
import { openTestStorage } from './testing.ts';
import { finish, group, question } from './testing/chat-values.ts';

const SCHEMA_1 = new URL('fixtures/schema-1.sql', import.meta.url);
const READ_ONLY = new StorageFault('storage_unavailable', 'The data folder is on a read-only file system.');
const FULL = new StorageFault('storage_full', 'The disk is full.');

function open(file: string): Promise<Storage> {
  return openTestStorage({ location: { file }, nowMs: 1 });
}

function titles(store: ReadStore): string[] {
  const list = store.read('list')?.([{ before: undefined, limit: 9 }]) as readonly ConversationRecord[];
  return list.map(({ title }) => title);
}

function faultOf(body: () => unknown): StorageFault {
  try {
    body();
  } catch (error) {
    expect(error).toBeInstanceOf(StorageFault);
    return error as StorageFault;
  }
  throw new Error('it should have failed');
}

it('reads all that was stored and writes nothing, neither to the database nor beside it', async () => {
  await using folder = await createTemporaryFolder();
  const file = join(folder.path, 'chat.db');
  {
    await using storage = await open(file);
    await storage.chats.begin(question('harbour'));
  }
  const before = await readFile(file);
  {
    using store = openReadStore(file, READ_ONLY);
    expect(titles(store)).toEqual(['Title harbour']);
    const hits = store.read('search')?.([{ text: 'harbour', skip: 0, limit: 9 }]) as readonly { readonly messageId?: string }[];
    expect(hits.map(({ messageId }) => messageId)).toEqual([undefined, 'q-harbour']);
    expect(store.read('begin')).toBeUndefined();
    expect(store.read('tryWriting')).toBeUndefined();
    expect((await readdir(folder.path)).toSorted()).toEqual(['chat.db', 'pilotlight.lock']);
    // The folder is locked meanwhile, and given back.
    await expect(open(file)).rejects.toMatchObject({ code: 'data_folder_in_use' });
  }
  expect(await readFile(file)).toEqual(before);
  await (await open(file))[Symbol.asyncDispose]();
});

it('reads what a killed server left in the log beside the database, with the index of that log and without', async () => {
  await using folder = await createTemporaryFolder();
  const file = join(folder.path, 'chat.db');
  await using storage = await open(file);
  await storage.chats.begin(question('harbour'));
  for (const suffixes of [
    ['', '-wal', '-shm'],
    ['', '-wal'],
  ]) {
    const left = join(folder.path, `left-${suffixes.length}`);
    await mkdir(left);
    for (const suffix of suffixes) await copyFile(file + suffix, join(left, `chat.db${suffix}`));
    using store = openReadStore(join(left, 'chat.db'), FULL);
    expect(titles(store)).toEqual(['Title harbour']);
  }
});

it('sees what somebody else writes to a folder that it could not lock', async () => {
  await using folder = await createTemporaryFolder();
  const file = join(folder.path, 'chat.db');
  await (await open(file))[Symbol.asyncDispose]();
  const alone = readDatabase(file, false);
  expect(alone?.isStale()).toBe(false);
  await using storage = await open(file);
  await storage.chats.begin(question('harbour'));
  expect(alone?.isStale()).toBe(true);
  alone?.connection.close();
  const beside = readDatabase(file, false);
  await storage.chats.begin(question('lighthouse', { conversationId: 'd' }));
  expect(beside?.isStale()).toBe(false);
  expect(beside?.connection.prepare('SELECT count(*) AS count FROM conversations').get()).toEqual({ count: 2 });
  beside?.connection.close();
});

it('reads a running log that somebody else goes on with as it is each time', async () => {
  await using folder = await createTemporaryFolder();
  const file = join(folder.path, 'chat.db');
  await using storage = await open(file);
  await storage.chats.begin(question('harbour'));
  await storage.chats.append([group('harbour', 1)]);
  // As a lock is that may not be written to.
  const lock = join(folder.path, 'pilotlight.lock');
  await rename(lock, `${lock}.held`);
  await mkdir(lock);
  using store = openReadStore(file, READ_ONLY);
  const log = (): readonly string[] => {
    const page = store.read('read')?.([{ generationId: 'g-harbour', from: 1, maxCharacters: 1_000_000 }]) as LogPage;
    return [...page.groups.map(({ firstOffset, count }) => `${firstOffset}+${count}`), `next ${page.nextOffset}`];
  };
  expect(log()).toEqual(['1+2', 'next 3']);
  await storage.chats.append([group('harbour', 3)]);
  expect(log()).toEqual(['1+2', '3+2', 'next 5']);
  await finish(storage.chats, 'harbour', 5);
  expect(log()).toEqual(['1+6', 'next 7']);
});

it('says why there is nothing to be read: no database, an older one, a newer one, a damaged one', async () => {
  await using folder = await createTemporaryFolder();
  const file = join(folder.path, 'chat.db');
  expect(faultOf(() => openReadStore(file, FULL))).toMatchObject({
    code: 'storage_full',
    message: 'The disk is full. There is no database yet that could be read.',
  });
  const older = new DatabaseSync(file);
  older.exec(await readFile(SCHEMA_1, 'utf8'));
  older.close();
  expect(faultOf(() => openReadStore(file, READ_ONLY)).message).toBe(
    'The data folder is on a read-only file system. The database is of an older version of Pilotlight and has to be brought up to date before it can be read.',
  );
  await rm(file);
  await (await open(file))[Symbol.asyncDispose]();
  const newer = new DatabaseSync(file);
  newer.exec("INSERT INTO migrations VALUES (99, 'from the future', 0)");
  newer.close();
  expect(faultOf(() => openReadStore(file, READ_ONLY)).message).toMatch(/written by a newer version of Pilotlight/);
  await writeFile(file, 'This is a letter, not a database. '.repeat(100));
  expect(faultOf(() => openReadStore(file, READ_ONLY)).message).toMatch(/cannot be read as it is either/);
  // Each of them gave the folder back.
  await rm(file);
  await (await open(file))[Symbol.asyncDispose]();
});
