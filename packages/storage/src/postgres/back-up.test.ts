import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { createTemporaryFolder, startPostgres, systemClock, whyNoPostgres } from '@pilotlight/test-kit';
import type { TestPostgres } from '@pilotlight/test-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { backUp, restore } from '../back-up.ts';
import { migrate, MIGRATION_NAMES } from '../migrations/migrate.ts';
import { openStorage } from '../open-storage.ts';
import type { Storage } from '../open-storage.ts';
import { finish, group, question } from '../testing/chat-values.ts';
import { columnsOf } from './adapters/back-up-postgres.ts';
import { POSTGRES_MIGRATIONS } from './migrations/migrate.ts';
import { withPostgres } from './open-postgres.ts';
import { COPIED_TABLES } from './tables.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const reason = whyNoPostgres();

/** Something in every table, with what is hard to carry. */
async function fill({ chats, models, kept }: Storage): Promise<void> {
  const content = new Uint8Array([0, 1, 255, 92, 120]);
  const attachment = { id: 'file', name: 'a.png', kind: 'image', mediaType: 'image/png', bytes: 5, attachedMs: 1, content } as const;
  await chats.attach(attachment);
  const asked = question('1', { text: 'Where do püffins\u0000 nest? \\ "\u0001" 😀', title: 'Sea birds' });
  await chats.begin({ ...asked, question: { ...asked.question, attachments: ['file'] } as typeof asked.question });
  await finish(chats, '1');
  await chats.keepSummary({ conversationId: 'c', untilId: 'a-1', text: 'Birds.', model: 'm', atMs: 2 });
  await chats.addPreset({ id: 'p', name: 'Brief', settings: { options: { seed: 7 } }, createdMs: 1, updatedMs: 1 }, 10);
  await models.keepLearned([{ key: 'k', value: '{}' }]);
  await models.setPin('pilot:latest', true);
  await kept.keep('tasks', [{ name: 'chat', value: ['pilot:latest'] }]);
}

async function pictureOf({ chats, models, kept }: Storage): Promise<unknown> {
  return {
    tree: await chats.conversation('c'),
    list: await chats.list({ before: undefined, limit: 9 }),
    found: await chats.search({ text: 'puffins nest', skip: 0, limit: 9 }),
    titles: await chats.search({ text: 'birds', skip: 0, limit: 9 }),
    files: await chats.search({ text: 'a.png', skip: 0, limit: 9 }),
    log: await chats.read({ generationId: 'g-1', from: 0, maxCharacters: 999 }),
    content: await chats.attachmentContent('file'),
    summaries: await chats.summaries('c'),
    presets: await chats.presets(),
    learned: await models.learned(),
    pins: await models.pins(),
    kept: await kept.kept('tasks'),
  };
}

describe.skipIf(reason !== undefined)(`a backup${reason === undefined ? '' : ` (${reason})`}`, () => {
  let postgres: TestPostgres;
  const clock = systemClock;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, 60_000);
  afterAll(() => postgres[Symbol.asyncDispose]());

  it('from Postgres restores into the data folder, and from there into Postgres, with every character', async () => {
    await using folder = await createTemporaryFolder();
    const [dataFolder, file, again] = ['data', 'one.db', 'two.db'].map((name) => join(folder.path, name)) as [string, string, string];
    const databaseUrl = postgres.url();
    let before: unknown;
    {
      await using storage = await openStorage({ location: { url: databaseUrl }, clock });
      await fill(storage);
      before = await pictureOf(storage);
      expect(before).toMatchObject({ files: [{ messageId: 'q-1', attachment: { id: 'file', name: 'a.png' } }] });
      // A server runs meanwhile.
      expect(await backUp({ dataFolder, databaseUrl, file, nowMs: NOW })).toMatchObject({ conversations: 1, messages: 2, generations: 1 });
      await expect(restore({ dataFolder, databaseUrl, file, nowMs: NOW })).rejects.toThrow(/Another Pilotlight uses this database/);
    }
    await expect(backUp({ dataFolder, databaseUrl, file, nowMs: NOW })).rejects.toThrow(/is there already/);
    await restore({ dataFolder, file, nowMs: NOW });
    {
      await using storage = await openStorage({ location: { file: join(dataFolder, 'pilotlight.db') }, clock });
      expect(await pictureOf(storage)).toEqual(before);
      await storage.chats.setHead('c', 'q-1');
      before = await pictureOf(storage);
    }
    await backUp({ dataFolder, file: again, nowMs: NOW });
    const restored = await restore({ dataFolder, databaseUrl, file: again, nowMs: NOW });
    expect(restored).toMatchObject({ conversations: 1, replaced: 'the schema pilotlight_replaced_20261124120000000 of the database' });
    await using storage = await openStorage({ location: { url: databaseUrl }, clock });
    expect(await pictureOf(storage)).toEqual(before);
    expect((await storage.chats.begin(question('2'))).outcome).toBe('stored');
    expect((await readdir(dataFolder)).filter((name) => name.includes('restoring'))).toEqual([]);
  }, 60_000);

  it('that is a database as a server left it goes into Postgres with what was committed of running logs', async () => {
    await using folder = await createTemporaryFolder();
    const file = join(folder.path, 'left', 'pilotlight.db');
    {
      await using left = await openStorage({ location: { file }, clock });
      await left.chats.begin(question('1'));
      expect(await left.chats.append([group('1', 1)])).toEqual(['stored']);
    }
    const databaseUrl = postgres.url();
    await restore({ dataFolder: join(folder.path, 'data'), databaseUrl, file, nowMs: NOW + 2 });
    await using storage = await openStorage({ location: { url: databaseUrl }, clock });
    expect(await storage.chats.read({ generationId: 'g-1', from: 1, maxCharacters: 999 })).toMatchObject({
      groups: [{ firstOffset: 1, count: 2 }],
      nextOffset: 3,
    });
  }, 60_000);

  it('that is none is refused, and nothing is changed', async () => {
    await using folder = await createTemporaryFolder();
    const databaseUrl = postgres.url();
    await (await openStorage({ location: { url: databaseUrl }, clock }))[Symbol.asyncDispose]();
    const file = join(folder.path, 'other.db');
    const other = new DatabaseSync(file);
    other.exec('CREATE TABLE planes (id INTEGER)');
    other.close();
    const options = { dataFolder: join(folder.path, 'data'), databaseUrl, nowMs: NOW + 1 };
    await expect(restore({ ...options, file })).rejects.toThrow(/no database of Pilotlight/);
    await expect(restore({ ...options, file: join(folder.path, 'nothing.db') })).rejects.toThrow(/There is no file nothing\.db/);
    const inUse = join(folder.path, 'used', 'pilotlight.db');
    await using used = await openStorage({ location: { file: inUse }, clock });
    await used.chats.begin(question('1'));
    await expect(restore({ ...options, file: inUse })).rejects.toThrow(/The file is a database in use/);
    const kept = await withPostgres(databaseUrl, (session) =>
      session.get("SELECT to_regnamespace('pilotlight_replaced_20261124120000001') AS kept"),
    );
    expect(kept).toEqual({ kept: null });
  });

  it('holds every table: both databases have the same ones, with the same columns, under the same numbers', async () => {
    expect(POSTGRES_MIGRATIONS.map(({ name }) => name)).toEqual(MIGRATION_NAMES);
    const sqlite = new DatabaseSync(':memory:');
    migrate(sqlite, 1);
    const tables = sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%STRICT%'").all() as {
      name: string;
    }[];
    const own = new Set(['migrations', 'search_titles', 'attachments_to_index', 'log_journal']);
    expect(COPIED_TABLES.map(({ name }) => name).toSorted()).toEqual(
      tables
        .map(({ name }) => name)
        .filter((name) => !own.has(name))
        .toSorted(),
    );
    await withPostgres(postgres.url(), async (session) => {
      for (const { name } of COPIED_TABLES) {
        const columns = await session.all(
          `SELECT column_name AS name FROM information_schema.columns WHERE table_schema = 'pilotlight' AND table_name = $1`,
          name,
        );
        const names = (columns as { readonly name: string }[]).map((column) => column.name).toSorted();
        expect([name, names]).toEqual([name, columnsOf(sqlite, name).toSorted()]);
      }
    });
    sqlite.close();
  });
});
