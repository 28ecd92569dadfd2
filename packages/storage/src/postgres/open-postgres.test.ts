import { Problem } from '@pilotlight/contract';
import { startPostgres, systemClock, whyNoPostgres } from '@pilotlight/test-kit';
import type { TestPostgres } from '@pilotlight/test-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { openStorage } from '../open-storage.ts';
import type { Storage } from '../open-storage.ts';
import { finish, group, question } from '../testing/chat-values.ts';
import { migratePostgres } from './migrations/migrate.ts';
import { refuseUnfit, withPostgres } from './open-postgres.ts';

const reason = whyNoPostgres();

async function failure(promise: Promise<unknown>): Promise<Problem> {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(Problem);
  return error as Problem;
}

describe.skipIf(reason !== undefined)(`opening a Postgres database${reason === undefined ? '' : ` (${reason})`}`, () => {
  let postgres: TestPostgres;
  const open = (url = postgres.url()): Promise<Storage> => openStorage({ location: { url }, clock: systemClock });
  const admin = (sql: string, database?: string): Promise<void> => withPostgres(postgres.url(database), (session) => session.exec(sql));

  beforeAll(async () => {
    postgres = await startPostgres({ isDurable: true });
  }, 60_000);
  afterAll(() => postgres[Symbol.asyncDispose]());
  beforeEach(() => admin('DROP SCHEMA IF EXISTS pilotlight CASCADE'));

  it('finds again what was stored', async () => {
    {
      await using storage = await open();
      await storage.chats.begin(question('1'));
    }
    await using storage = await open();
    expect(await storage.chats.running()).toEqual(['g-1']);
  });

  it('belongs to one storage at a time; the others are refused in words, and it is free again after that', async () => {
    {
      await using storage = await open();
      await storage.chats.begin(question('1'));
      const problem = await failure(open());
      expect([problem.code, problem.detail]).toEqual(['data_folder_in_use', 'Another Pilotlight uses this database.']);
    }
    await (await open())[Symbol.asyncDispose]();
  }, 30_000);

  it('lets two that start at once on an empty database do so one after the other', async () => {
    const results = await Promise.allSettled([open(), open()]);
    const opened = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(opened).toHaveLength(1);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'data_folder_in_use' } });
    await opened[0]?.chats.begin(question('1'));
    for (const storage of opened) await storage[Symbol.asyncDispose]();
  }, 30_000);

  it('refuses a schema that a newer version has written, and leaves it alone', async () => {
    await (await open())[Symbol.asyncDispose]();
    await admin("INSERT INTO pilotlight.migrations VALUES (99, 'from the future', 0)");
    const problem = await failure(open());
    expect(problem.code).toBe('storage_unavailable');
    expect(problem.detail).toMatch(/newer version of Pilotlight.*number 99.*up to \d+\./);
  });

  it('refuses a schema of that name that belongs to another program', async () => {
    await admin('CREATE SCHEMA pilotlight; CREATE TABLE pilotlight.migrations (number integer, name text, applied_ms bigint)');
    await admin("INSERT INTO pilotlight.migrations VALUES (1, 'planes', 0)");
    expect((await failure(open())).detail).toMatch(/none of this program/);
  });

  it('goes on where an interrupted start left off', async () => {
    await withPostgres(postgres.url(), async (session) => {
      const one = { name: 'one', statements: ['CREATE TABLE one (id integer)'] };
      const broken = { name: 'two', statements: ['CREATE TABLE two (id integer)', 'CREATE TABLE broken ('] };
      await expect(migratePostgres(session, 1, [one, broken])).rejects.toThrow(/syntax error/);
      expect(await session.get("SELECT to_regclass('pilotlight.one') IS NOT NULL AS one, to_regclass('pilotlight.two') AS two")).toEqual({
        one: true,
        two: null,
      });
      const mended = [one, { name: 'two', statements: ['CREATE TABLE two (id integer)'] }];
      expect(await migratePostgres(session, 2, mended)).toBe(1);
      expect(await migratePostgres(session, 3, mended)).toBe(0);
    });
  });

  it('says which right is missing, and takes a schema that was made for its user', async () => {
    await admin("DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN PASSWORD 'sesame'");
    const problem = await failure(open(postgres.url('postgres', 'guest', 'sesame')));
    expect(problem.detail).toMatch(/lacks a right in this database/);
    await admin('CREATE SCHEMA pilotlight AUTHORIZATION guest');
    {
      await using storage = await open(postgres.url('postgres', 'guest', 'sesame'));
      await storage.chats.begin(question('1'));
      await finish(storage.chats, '1');
    }
    await admin('DROP SCHEMA pilotlight CASCADE; DROP ROLE guest');
  });

  it('refuses a database whose encoding has not all characters', async () => {
    await admin("CREATE DATABASE narrow ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    expect((await failure(open(postgres.url('narrow')))).detail).toMatch(/LATIN1.*ENCODING 'UTF8'/);
  });

  it.each([
    ['a user that is not there', () => postgres.url('postgres', 'nobody', 'sesame'), /does not let this user in|refused the user/],
    ['nothing that listens', () => 'postgres://pilot:sesame@127.0.0.1:1/x', /at 127\.0\.0\.1:1 cannot be reached: nothing listens there/],
    ['TLS that the server has not', () => `${postgres.url('postgres', 'pilot', 'sesame')}?sslmode=require`, /knows no TLS/],
  ])('says what is wrong with %s, and repeats no secret', async (_name, url, expected) => {
    const problem = await failure(open(url()));
    expect(problem.code).toBe('storage_unavailable');
    expect(problem.detail).toMatch(expected);
    expect(problem.detail).not.toMatch(/sesame/);
  });

  it('says that a password is wrong, or missing, and repeats none', async () => {
    await withPostgres(postgres.url(), async (session) => {
      await session.exec("CREATE ROLE locked LOGIN PASSWORD 'right'");
      const { hba_file: file } = (await session.get('SHOW hba_file')) as { readonly hba_file: string };
      await session.exec(`COPY (VALUES ('host all locked all scram-sha-256'), ('host all all all trust')) TO '${file}'`);
      await session.exec('SELECT pg_reload_conf()');
    });
    const wrong = await failure(open(postgres.url('postgres', 'locked', 'sesame')));
    expect(wrong.detail).toBe('The database server refused the user name or the password of DATABASE_URL.');
    expect(JSON.stringify([wrong.message, String(wrong.cause)])).not.toMatch(/sesame/);
    expect((await failure(open(postgres.url('postgres', 'locked')))).detail).toMatch(/it wants a password, and DATABASE_URL has none/);
  });

  it('goes on by itself over a restart of the server, and what was acknowledged is there', async () => {
    // However long the server takes: the patience of the calls does not end.
    const patient = { ...systemClock, monotonic: () => 0 };
    await using storage = await openStorage({ location: { url: postgres.url() }, clock: patient });
    await storage.chats.begin(question('1'));
    await storage.chats.sync();
    await postgres.crash();
    await expect.poll(() => storage.whyNotWritable()?.words, { timeout: 10_000 }).toMatch(/cannot be reached/);
    const waiting = storage.chats.append([group('1', 1)]);
    await postgres.start();
    expect(await waiting).toEqual(['stored']);
    expect(storage.whyNotWritable()).toBeUndefined();
    expect(await storage.chats.running()).toEqual(['g-1']);
    await finish(storage.chats, '1', 3);
  }, 30_000);

  it('stores the others when one of several calls at once cannot be', async () => {
    await using storage = await open();
    const stolen = { ...question('2', { conversationId: 'd' }), answerId: 'q-1' };
    const results = await Promise.allSettled([
      storage.chats.begin(question('1')),
      storage.chats.begin(stolen),
      storage.chats.begin(question('3', { conversationId: 'e' })),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await storage.chats.running()).toEqual(['g-1', 'g-3']);
  });

  it('refuses calls after it was closed, and can be closed twice', async () => {
    const storage = await open();
    const last = storage.chats.begin(question('1'));
    await storage[Symbol.asyncDispose]();
    expect((await last).outcome).toBe('stored');
    expect((await failure(storage.chats.running())).detail).toMatch(/closed/);
    await storage[Symbol.asyncDispose]();
  });
});

describe('a database server', () => {
  it.each([
    [{ version: 130_022, encoding: 'UTF8', isStandby: false }, /Postgres 13; Pilotlight needs version 14 or newer/],
    [{ version: 180_004, encoding: 'UTF8', isStandby: true }, /standby/],
  ])('is refused in words: %o', (facts, expected) => {
    expect(() => refuseUnfit(facts)).toThrow(expected);
  });
});
