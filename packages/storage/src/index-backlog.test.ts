import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';

import { createManualClock, createTemporaryFolder, startPostgres, whyNoPostgres } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { guardStorage } from './guard-storage.ts';
import { indexBacklog } from './index-backlog.ts';
import { migrate, MIGRATIONS } from './migrations/migrate.ts';
import { openStorage } from './open-storage.ts';
import type { Storage } from './open-storage.ts';
import { migratePostgres, POSTGRES_MIGRATIONS } from './postgres/migrations/migrate.ts';
import { withPostgres } from './postgres/open-postgres.ts';
import { toStep } from './search-places.ts';

const COUNT = 120;
/** The schema before attached files were searched. */
const BEFORE = 6;
const PATIENT = { timeout: 20_000 };
const reason = whyNoPostgres();

/** A conversation whose one question has many files, each with a word of its own. */
const OLD_DATA = [
  "INSERT INTO conversations (id, title, created_ms, updated_ms, head_id) VALUES ('c', 'Talk', 1, 1, 'q')",
  "INSERT INTO messages (id, conversation_id, role, content, created_ms) VALUES ('q', 'c', 'user', 'See there.', 1)",
  ...Array.from({ length: COUNT }, (_, index) => [
    `INSERT INTO attachments (id, name, kind, media_type, bytes, facts, attached_ms, text)
      VALUES ('f${index}', 'a.txt', 'text', 'text/plain', 9, '{"characters":9}', 1, 'puffin number${index}')`,
    `INSERT INTO message_attachments (message_id, place, attachment_id) VALUES ('q', ${index}, 'f${index}')`,
  ]).flat(),
];

async function foundIn(storage: Storage): Promise<number> {
  const found = [0, 49, 50, 69, 70, COUNT - 1].map((index) => storage.chats.search({ text: `number${index}`, skip: 0, limit: 9 }));
  return (await Promise.all(found)).flat().length;
}

/** Opens it twice, as a server does that is killed in between: what was done is not done again, and in the end all is found. */
async function indexInTwoLives(open: () => Promise<Storage>): Promise<void> {
  {
    await using storage = await open();
    expect(await foundIn(storage)).toBe(0);
    expect(await storage.indexOlder()).toBe(true);
    // The newest are found first.
    expect(await foundIn(storage)).toBe(2);
  }
  const clock = createManualClock();
  await using guarded = guardStorage({ storage: await open(), folder: '/data', freeSpace: async () => undefined, clock });
  expect(await foundIn(guarded)).toBe(2);
  await expect
    .poll(async () => {
      await clock.advance(1000);
      return foundIn(guarded);
    }, PATIENT)
    .toBe(6);
  expect(await guarded.indexOlder()).toBe(false);
  await guarded.chats.remove('c');
  expect(await guarded.chats.sweepAttachments(10)).toBe(COUNT);
}

describe('files that were attached before they were searched', () => {
  it('are indexed beside all else, step by step, over the end of a process', async () => {
    await using folder = await createTemporaryFolder();
    const file = join(folder.path, 'chat.db');
    const database = new DatabaseSync(file);
    migrate(database, 1, MIGRATIONS.slice(0, BEFORE));
    for (const sql of OLD_DATA) database.exec(sql);
    database.close();
    await indexInTwoLives(() => openStorage({ location: { file }, clock: createManualClock() }));
  }, 60_000);

  it('are forgotten by the list of what is to be done when they are removed before', async () => {
    const database = new DatabaseSync(':memory:');
    migrate(database, 1, MIGRATIONS.slice(0, BEFORE));
    for (const sql of OLD_DATA) database.exec(sql);
    migrate(database, 2);
    database.exec('DELETE FROM messages; DELETE FROM attachments');
    expect(database.prepare('SELECT count(*) AS count FROM attachments_to_index').get()).toEqual({ count: 0 });
    database.close();
  });

  it.skipIf(reason !== undefined)(
    `are so in Postgres, too${reason === undefined ? '' : ` (${reason})`}`,
    async () => {
      await using postgres = await startPostgres();
      await withPostgres(postgres.url(), async (session) => {
        await migratePostgres(session, 1, POSTGRES_MIGRATIONS.slice(0, BEFORE));
        for (const sql of OLD_DATA) await session.exec(sql);
      });
      await indexInTwoLives(() => openStorage({ location: { url: postgres.url() }, clock: createManualClock() }));
    },
    60_000,
  );
});

describe('a step of the index', () => {
  it('takes short files together, and of long ones one', () => {
    const files = (...sizes: number[]) => sizes.map((characters, key) => ({ key, characters }));
    expect(toStep(files(250_000, 1))).toEqual([0]);
    expect(toStep(files(100_000, 150_000, 1))).toEqual([0, 1]);
    expect(toStep(files(300_000))).toEqual([0]);
    expect(toStep(files(0, 0, 0))).toEqual([0, 1, 2]);
    expect(toStep([])).toEqual([]);
  });

  it('that fails is tried again later, and none comes after the end', async () => {
    const clock = createManualClock();
    const results = [new Error('full'), true, true];
    let steps = 0;
    const indexing = indexBacklog({
      clock,
      step: async () => {
        const result = results[steps];
        steps += 1;
        if (result instanceof Error) throw result;
        return result ?? false;
      },
    });
    await clock.advance(10_000);
    expect(steps).toBe(1);
    await clock.advance(60_000);
    expect(steps).toBe(4);
    await clock.advance(600_000);
    expect(steps).toBe(4);
    indexing[Symbol.dispose]();
    const other = indexBacklog({ clock, step: async () => (steps += 1) > 0 });
    await clock.advance(3_000);
    other[Symbol.dispose]();
    const before = steps;
    expect(before).toBeGreaterThan(4);
    await clock.advance(60_000);
    expect(steps).toBe(before);
  });
});
