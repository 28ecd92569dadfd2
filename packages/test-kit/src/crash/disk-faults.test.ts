import { copyFile, mkdir, truncate } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { startFakeEngine } from '../fake-engine/start-fake-engine.ts';
import { withSeed } from '../seeded-randomness.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { judge } from './checker/judge.ts';
import { readDatabase } from './checker/read-database.ts';
import type { StoredDatabase } from './checker/read-database.ts';
import { canShimDisk, createDiskShim } from './disk-shim.ts';
import type { DiskShim } from './disk-shim.ts';
import { readStream } from './read-stream.ts';
import { startCrashingServer } from './server-process.ts';
import type { CrashingServer } from './server-process.ts';
import { createTranscript } from './transcript.ts';
import type { Transcript } from './transcript.ts';

/** Every N with PILOTLIGHT_DISK_FAULTS=all; else so many of them, by chance. */
const SAMPLE = process.env['PILOTLIGHT_DISK_FAULTS'] === 'all' ? Infinity : 10;
const POWER_CUTS = 4;

interface House extends AsyncDisposable {
  readonly folder: string;
  readonly address: string;
  readonly shim: DiskShim;
  readonly server: CrashingServer;
  readonly transcript: Transcript;
}

/** The real server over a real folder, whose disk is in the hand of the test. */
async function openHouse(onAcknowledged: () => void = () => {}): Promise<House> {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await createTemporaryFolder());
  const engine = stack.use(await startFakeEngine({ parallel: 8 }));
  const shim = stack.use(createDiskShim(path));
  const server = startCrashingServer({
    ...shim.environment,
    OLLAMA_HOST: engine.url,
    OLLAMA_NUM_PARALLEL: '8',
    PILOTLIGHT_DATA: join(path, 'data'),
    HOME: path,
  });
  stack.defer(async () => void (await server.kill()));
  const address = await server.listening;
  if (address === undefined) throw new Error(server.output());
  await expect.poll(() => isReady(address), { timeout: 20_000 }).toBe(true);
  await expect.poll(async () => (await fetch(`${address}/api/models`)).text(), { timeout: 30_000 }).toContain('fake:latest');
  const owned = stack.move();
  return {
    folder: path,
    address,
    shim,
    server,
    transcript: createTranscript(join(path, 'client.jsonl'), ({ type }) => (type === 'acknowledged' ? onAcknowledged() : undefined)),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function isReady(address: string): Promise<boolean> {
  const response = await fetch(`${address}/readyz`).catch(() => undefined);
  return response?.ok === true;
}

interface Accepted {
  readonly answer_id: string;
  readonly generation_id: string;
}

/** One question and its answer. Gives the problem with which it was refused, if it was. */
async function ask(
  { address, transcript }: House,
  message: string,
): Promise<{ readonly status: number; readonly code: string } | undefined> {
  const conversation = `c-${message}`;
  const text = `Say 30 tokens for ${message}`;
  transcript.add({ type: 'asked', kind: 'post', message, conversation, text, parent: null, tokens: 30 });
  const response = await fetch(`${address}/api/conversations/${conversation}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message_id: message, text, parent_id: null, model: 'fake:latest' }),
  });
  if (response.status !== 202) return { status: response.status, code: ((await response.json()) as { readonly code: string }).code };
  const { answer_id: answer, generation_id: generation } = (await response.json()) as Accepted;
  transcript.add({ type: 'acknowledged', kind: 'post', message, conversation, answer, generation });
  const events = await fetch(`${address}/api/generations/${generation}/events`).catch(() => undefined);
  if (events?.ok !== true) return undefined;
  try {
    for await (const shown of readStream(events)) transcript.add({ type: 'shown', reader: 'client', generation, ...shown });
  } catch {
    // Its end could not be stored: the stream breaks off, and can be read on later.
  }
  return undefined;
}

async function readCrashed({ folder, transcript, server }: House, walBytes?: number): Promise<StoredDatabase> {
  await server.kill();
  transcript.flush();
  const copy = join(folder, 'copy');
  await mkdir(copy);
  for (const name of ['pilotlight.db', 'pilotlight.db-wal']) await copyFile(join(folder, 'data', name), join(copy, name));
  if (walBytes !== undefined) await truncate(join(copy, 'pilotlight.db-wal'), walBytes);
  const database = readDatabase(join(copy, 'pilotlight.db'));
  if (database === undefined) throw new Error('the database is gone');
  return database;
}

describe.skipIf(!canShimDisk)('a real disk', () => {
  it('that fails at the N-th operation: nobody crashes, nothing acknowledged is lost, the problem is clear, and it ends by itself', async () => {
    await withSeed(async (randomness) => {
      await using house = await openHouse();
      const { shim, address, server } = house;
      const before = shim.count();
      expect(await ask(house, 'm-sound')).toBeUndefined();
      const operations = shim.count() - before;
      expect(operations).toBeGreaterThan(10);
      const all = Array.from({ length: operations }, (_, index) => index + 1);
      const chosen = all.length <= SAMPLE ? all : Array.from({ length: SAMPLE }, () => randomness.pick(all));
      const refusals: string[] = [];
      for (const [index, nth] of chosen.entries()) {
        const isOnce = randomness.chance(0.5);
        const errno = randomness.pick([constants.errno.EIO, constants.errno.ENOSPC, constants.errno.EROFS]);
        const from = shim.count() + nth;
        shim.fail(from, isOnce ? from : Number.MAX_SAFE_INTEGER, errno);
        const refused = await ask(house, `m-${index}`);
        if (refused !== undefined) refusals.push(`${refused.status} ${refused.code}`);
        shim.mend();
        await expect.poll(() => isReady(address), { timeout: 20_000 }).toBe(true);
        expect(server.isAlive).toBe(true);
      }
      expect(shim.failed()).toBeGreaterThan(0);
      expect([...new Set(refusals)].filter((refusal) => refusal !== '507 storage_full' && refusal !== '503 storage_unavailable')).toEqual(
        [],
      );
      expect(await ask(house, 'm-last')).toBeUndefined();
      await expect.poll(() => openAnswers(house), { timeout: 20_000 }).toBe(0);
      const database = await readCrashed(house);
      expect(
        judge({ database, before: undefined, transcripts: [house.transcript.file], mustBeClosed: new Set(database.generations.keys()) })
          .findings,
      ).toEqual([]);
    });
  }, 600_000);

  it('that loses power: what was acknowledged was on it, though everything that was not synced is gone', async () => {
    await withSeed(async (randomness) => {
      for (let cut = 0; cut < POWER_CUTS; cut += 1) {
        const due = Promise.withResolvers<void>();
        let left = randomness.between(1, 12);
        await using house = await openHouse(() => ((left -= 1) === 0 ? due.resolve() : undefined));
        const asking = Array.from({ length: 24 }, async (_, index) => {
          await ask(house, `m-${index}`).catch(() => undefined);
        });
        await due.promise;
        await house.server.kill();
        const synced = house.shim.synced();
        await Promise.all(asking);
        const database = await readCrashed(house, synced);
        const { findings } = judge({ database, before: undefined, transcripts: [house.transcript.file], mustBeClosed: new Set() });
        // What was shown of an answer may be lost with the power, its question and its place may not.
        expect(findings.filter((finding) => finding.includes('acknowledged') || finding.includes('hangs at'))).toEqual([]);
        expect(database.damage).toEqual([]);
      }
    });
  }, 240_000);
});

async function openAnswers({ address }: House): Promise<number> {
  const list = (await (await fetch(`${address}/api/conversations?limit=200`)).json()) as {
    readonly conversations: readonly { readonly running_generation_id?: string }[];
  };
  return list.conversations.filter(({ running_generation_id: running }) => running !== undefined).length;
}
