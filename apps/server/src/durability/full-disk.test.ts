import type { GatewayPart, StorageView } from '@pilotlight/contract';
import { guardStorage } from '@pilotlight/storage';
import type { GuardedStorage } from '@pilotlight/storage';
import { openTestStorage } from '@pilotlight/storage/testing';
import type { SqliteConnection } from '@pilotlight/storage/testing';
import { createManualClock } from '@pilotlight/test-kit';
import type { ManualClock } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { allEvents, nextEvent, readEvents } from '../testing/read-events.ts';
import { createScriptedGateway, RECEIPT } from '../testing/scripted-gateway.ts';
import { startTestServer } from '../testing/start-test-server.ts';
import type { TestServer } from '../testing/start-test-server.ts';

interface SmallDisk extends AsyncDisposable {
  readonly server: TestServer;
  readonly storage: GuardedStorage;
  readonly clock: ManualClock;
  /** So many bytes more fit into the database from now on. */
  leave(bytes: number): void;
  /** Lets an answer that is being written say a text. */
  say(text: string): void;
  readonly space: { freeBytes: number; totalBytes: number };
}

const PAGE_BYTES = 4096;
const PLENTY = 1e9;

/** The whole server over a database that SQLite itself lets grow to a limit alone: what it says then is what it says of a full disk. */
async function startOnSmallDisk(): Promise<SmallDisk> {
  const clock = createManualClock();
  let connection: SqliteConnection | undefined;
  const wrap = (opened: SqliteConnection): SqliteConnection => (connection = opened);
  const bare = await openTestStorage({ location: { memory: true }, nowMs: 1, wrap });
  const space = { freeBytes: PLENTY, totalBytes: PLENTY };
  const storage = guardStorage({ storage: bare, folder: '/data', freeSpace: async () => space, clock });
  const gateway = createScriptedGateway();
  const texts: string[] = [];
  let wake = Promise.withResolvers<void>();
  gateway.script = async function* (request, signal): AsyncGenerator<GatewayPart> {
    const isSlow = request.messages.at(-1)?.content.includes('slowly') === true;
    yield { type: 'text', text: 'Begun. ' };
    for (;;) {
      signal.throwIfAborted();
      if (!isSlow) break;
      const text = texts.shift();
      if (text !== undefined) yield { type: 'text', text };
      else {
        signal.addEventListener('abort', () => wake.resolve());
        await wake.promise;
        wake = Promise.withResolvers<void>();
      }
    }
    yield { type: 'finish', reason: 'stop', receipt: RECEIPT };
  };
  const server = await startTestServer({ storage, gateway });
  return {
    server,
    storage,
    clock,
    space,
    leave(bytes) {
      if (connection === undefined) throw new Error('the database is not open');
      const { page_count: pages } = connection.prepare('PRAGMA page_count').get() as { readonly page_count: number };
      connection.exec(`PRAGMA max_page_count = ${pages + Math.floor(bytes / PAGE_BYTES)}`);
    },
    say(text) {
      texts.push(text);
      wake.resolve();
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function post(server: TestServer, path: string, body: unknown): Promise<Response> {
  return fetch(server.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

let ids = 0;
function ask(server: TestServer, text: string): Promise<Response> {
  return post(server, '/api/conversations/c/messages', { message_id: `m${(ids += 1)}`, text, parent_id: null });
}

async function read(server: TestServer, path: string): Promise<{ readonly status: number; readonly text: string }> {
  const response = await fetch(server.url + path);
  return { status: response.status, text: await response.text() };
}

interface Accepted {
  readonly generation_id: string;
}

/** Fills what is left with questions, until one is refused; gives that answer. */
async function fill(server: TestServer): Promise<Response> {
  for (let count = 0; count < 200; count += 1) {
    const response = await ask(server, `filling ${'x'.repeat(20_000)}`);
    if (response.status !== 202) return response;
    const { generation_id: id } = (await response.json()) as Accepted;
    // The end of the last one may not be storable: then its stream breaks off.
    await fetch(`${server.url}/api/generations/${id}/events`)
      .then(allEvents)
      .catch(() => []);
  }
  throw new Error('the disk is never full');
}

describe('a disk that is full', () => {
  it('takes nothing new and says why in a typed problem, while all that is there can be read, searched and exported', async () => {
    await using disk = await startOnSmallDisk();
    const { server } = disk;
    await ask(server, 'Where is the harbour?');
    disk.leave(300_000);
    disk.space.freeBytes = 1_000_000;
    const refused = await fill(server);
    expect([refused.status, refused.headers.get('content-type')]).toEqual([507, 'application/problem+json']);
    expect(await refused.json()).toMatchObject({
      code: 'storage_full',
      remedy: expect.stringContaining('Free space'),
      path: '/data',
      free_bytes: 1_000_000,
      needed_bytes: 67_108_864,
      detail: 'The disk is full. 1.0 MB free at /data; messages are taken again from 67 MB on.',
    });
    expect(await read(server, '/api/conversations/c')).toMatchObject({ status: 200, text: expect.stringContaining('harbour') });
    expect(await read(server, '/api/conversations/search?q=harbour')).toMatchObject({
      status: 200,
      text: expect.stringContaining('harbour'),
    });
    expect(await read(server, '/api/conversations/c/export')).toMatchObject({ status: 200, text: expect.stringContaining('harbour') });
    for (const path of ['/api/chat/message', '/api/chat/stream']) expect((await post(server, path, { message: 'more' })).status).toBe(507);
    const renamed = await fetch(`${server.url}/api/conversations/c`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: '{"title":"New"}',
    });
    expect(renamed.status).toBe(507);
  });

  it('is told by readiness, by health and to every page, and so is its end, which needs no restart', async () => {
    await using disk = await startOnSmallDisk();
    const { server, clock } = disk;
    const page = readEvents(await fetch(`${server.url}/api/events`));
    const storageOf = async (): Promise<StorageView> => {
      const event = await nextEvent(page, ({ event: type }) => type === 'storage');
      return (JSON.parse(event.data) as { readonly storage: StorageView }).storage;
    };
    expect(await storageOf()).toMatchObject({ state: 'writable' });
    await ask(server, 'A question');
    disk.leave(100_000);
    disk.space.freeBytes = 2_000_000;
    await fill(server);
    expect(await storageOf()).toMatchObject({
      state: 'read_only',
      code: 'storage_full',
      reason: 'The disk is full.',
      path: '/data',
      free_bytes: 2_000_000,
    });
    expect(await read(server, '/readyz')).toMatchObject({ status: 503, text: expect.stringContaining('"storage":"read_only"') });
    expect(await read(server, '/livez')).toMatchObject({ status: 200 });
    const health = await read(server, '/health');
    expect(health).toMatchObject({ status: 200, text: expect.stringContaining('"storage":"read_only"') });
    expect(health.text).not.toContain('/data');
    // Room alone is not enough while the database still cannot grow.
    disk.space.freeBytes = PLENTY;
    await clock.advance(2_000);
    expect((await ask(server, 'Still refused')).status).toBe(507);
    disk.leave(PLENTY);
    await clock.advance(2_000);
    await expect.poll(() => disk.storage.writes.state().state).toBe('writable');
    let last = await storageOf();
    while (last.state === 'read_only') last = await storageOf();
    expect(await read(server, '/readyz')).toMatchObject({ status: 200 });
    expect((await ask(server, 'Taken again')).status).toBe(202);
    await page.return(undefined);
  });

  it('ends an answer that is being written with an explicit error, and keeps the text that was shown', async () => {
    await using disk = await startOnSmallDisk();
    const { server, clock } = disk;
    const accepted = await ask(server, 'Answer slowly');
    const { generation_id: id } = (await accepted.json()) as Accepted;
    const stream = readEvents(await fetch(`${server.url}/api/generations/${id}/events`));
    disk.say('This was stored. ');
    await nextEvent(stream, ({ data }) => data.includes('This was stored. '));
    disk.leave(0);
    disk.space.freeBytes = 0;
    disk.say('x'.repeat(100_000));
    await expect.poll(() => disk.storage.writes.state().state).toBe('read_only');
    await Array.fromAsync(stream).catch(() => []);
    disk.space.freeBytes = PLENTY;
    disk.leave(PLENTY);
    // On a busy machine the end is tried again later than the disk.
    const later = async (): Promise<string> => {
      await clock.advance(2_000);
      return (await read(server, '/api/conversations/c')).text;
    };
    await expect.poll(later, { timeout: 15_000 }).toContain('"state":"failed"');
    const parts = await allEvents(await fetch(`${server.url}/api/generations/${id}/events`));
    const last = JSON.parse(parts.at(-1)?.data ?? '{}');
    expect(last).toMatchObject({ type: 'error', code: 'storage_full', kept: true });
    expect(parts.map(({ data }) => data).join('')).toContain('This was stored. ');
    expect((await read(server, '/api/conversations/c')).text).toContain('Begun. This was stored. ');
  });

  it('is foreseen: below the reserve nothing new is begun, and what runs goes on to its end', async () => {
    await using disk = await startOnSmallDisk();
    const { server, clock } = disk;
    const { generation_id: id } = (await (await ask(server, 'Answer slowly')).json()) as Accepted;
    disk.space.freeBytes = 20_000_000;
    await clock.advance(5_000);
    const refused = await ask(server, 'One more');
    expect([refused.status, ((await refused.json()) as { readonly detail: string }).detail]).toEqual([
      507,
      'The disk is almost full. 20 MB free at /data; messages are taken again from 67 MB on.',
    ]);
    disk.say('And it goes on.');
    expect((await post(server, `/api/generations/${id}/stop`, {})).status).toBeLessThan(300);
    expect((await read(server, '/api/conversations/c')).text).toContain('"state":"stopped"');
  });

  it('can be given room by deleting what is not needed', async () => {
    await using disk = await startOnSmallDisk();
    const { server, clock } = disk;
    disk.leave(200_000);
    disk.space.freeBytes = 1_000_000;
    expect((await fill(server)).status).toBe(507);
    expect((await fetch(`${server.url}/api/conversations/c`, { method: 'DELETE' })).status).toBeLessThan(300);
    disk.space.freeBytes = PLENTY;
    disk.leave(300_000);
    await clock.advance(2_000);
    await expect.poll(() => disk.storage.writes.state().state).toBe('writable');
  });
});
