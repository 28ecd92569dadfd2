import { Problem } from '@pilotlight/contract';
import type { LoggedPart } from '@pilotlight/contract';
import { openTestStorage } from '@pilotlight/storage/testing';
import { createManualClock } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { openChatUnderTest, problemOf, readAll, textOf } from './testing/chat-under-test.ts';
import type { ChatUnderTest } from './testing/chat-under-test.ts';
import { toFailing } from './testing/failing-connection.ts';
import type { Faults } from './testing/failing-connection.ts';

interface Transcript {
  /** Ids that were acknowledged. */
  readonly acknowledged: string[];
  readonly generations: string[];
  /** What a reader was shown, by generation, and how it ended. */
  readonly shown: Map<string, LoggedPart[]>;
  readonly problems: string[];
  /** The file of the second question, once it was kept. */
  attached: string | undefined;
}

/** Two questions with their answers, one of them with a file, a rename, a reading and a search, noting what the outside was told. */
async function play(under: ChatUnderTest): Promise<Transcript> {
  const { chat, clock } = under;
  const transcript: Transcript = { acknowledged: [], generations: [], shown: new Map(), problems: [], attached: undefined };
  const attempt = async (work: () => Promise<unknown>): Promise<void> => {
    await work().catch((error: unknown) => transcript.problems.push(error instanceof Problem ? error.code : String(error)));
  };
  for (const id of ['q1', 'q2']) {
    if (id === 'q2') {
      await attempt(async () => {
        const bytes = new TextEncoder().encode('A wheatear in the dunes.');
        transcript.attached = (await chat.attach({ name: 'notes.txt', bytes })).id;
      });
    }
    const attachments = id === 'q2' && transcript.attached !== undefined ? [transcript.attached] : [];
    await attempt(async () => {
      const accepted = await under.ask(id, { parentId: null, attachments });
      transcript.acknowledged.push(id);
      transcript.generations.push(accepted.generation_id);
      const shown: LoggedPart[] = [];
      transcript.shown.set(accepted.generation_id, shown);
      const reading = attempt(async () => {
        for await (const part of chat.follow(accepted.generation_id, 0, new AbortController().signal)) shown.push(part);
      });
      for (const word of ['One ', 'two ', 'three ', 'four']) {
        under.answer().say(word);
        await clock.advance(30);
      }
      under.answer().finish();
      await clock.advance(60);
      await reading;
    });
  }
  await attempt(() => chat.rename('c', 'Renamed'));
  await attempt(() => chat.conversation('c'));
  await attempt(() => chat.search({ text: 'wheatear', before: undefined, limit: 9 }));
  return transcript;
}

/** What must be true after the storm, read by a new chat over the same database. */
async function judge(under: ChatUnderTest, { acknowledged, generations, shown, attached }: Transcript): Promise<void> {
  const conversation = acknowledged.length === 0 ? undefined : await under.chat.conversation('c');
  const messages = conversation?.messages ?? [];
  for (const id of acknowledged) expect(messages.map((message) => message.id)).toContain(id);
  const messagesWith = async (text: string): Promise<string[]> => {
    const { hits } = await under.chat.search({ text, before: undefined, limit: 9 });
    return hits.flatMap((hit) => hit.message_id ?? []);
  };
  for (const id of acknowledged) expect(await messagesWith(`question ${id}`)).toEqual([id]);
  // A file is found by the question that has it, and by no other.
  const asked = messages.filter(({ attachments = [] }) => attachments.some(({ id }) => id === attached));
  expect(await messagesWith('wheatear')).toEqual(asked.map(({ id }) => id));
  if (attached !== undefined && acknowledged.includes('q2')) expect(asked.map(({ id }) => id)).toEqual(['q2']);
  for (const id of generations) {
    const log = await readAll(under.chat, id);
    expect(log.map(({ offset }) => offset)).toEqual(log.map((_, index) => index));
    expect(log.filter(({ part }) => part.type === 'finish' || part.type === 'error')).toHaveLength(1);
    expect(log.slice(0, shown.get(id)?.length)).toEqual(shown.get(id));
    const message = messages.find(({ generation_id: generation }) => generation === id);
    expect(message?.content).toBe(textOf(log));
    expect(message?.state).not.toBe('running');
    expect('One two three four'.startsWith(textOf(log))).toBe(true);
  }
}

async function playWith(
  isFaulty: Faults['isFaulty'],
): Promise<{ readonly transcript: Transcript; readonly operations: number; readonly faults: number }> {
  const clock = createManualClock();
  const faults: Faults = { count: 0, isFaulty: () => false };
  let hits = 0;
  await using storage = await openTestStorage({
    location: { memory: true },
    nowMs: 1,
    wrap: (connection) => toFailing(connection, faults),
  });
  faults.isFaulty = (operation) => {
    const isHit = isFaulty(operation);
    if (isHit) hits += 1;
    return isHit;
  };
  let transcript: Transcript;
  let operations: number;
  {
    await using under = await openChatUnderTest({ storage, clock });
    transcript = await play(under);
    operations = faults.count;
    faults.isFaulty = () => false;
    // Ends that could not be stored are tried again by and by.
    await clock.advance(60_000);
    for (const { isFreed } of under.answers) expect(isFreed).toBe(true);
  }
  await using after = await openChatUnderTest({ storage, clock });
  await after.chat.recover();
  await judge(after, transcript);
  return { transcript, operations, faults: hits };
}

describe('a disk that fails', () => {
  it('at one operation, whichever it is: nothing acknowledged is lost, nothing shown is missing, every log has one end', async () => {
    const { operations, transcript } = await playWith(() => false);
    expect(transcript.problems).toEqual([]);
    expect(operations).toBeGreaterThan(60);
    for (let nth = 1; nth <= operations; nth += 1) {
      const { faults } = await playWith((operation) => operation === nth);
      expect(faults).toBe(1);
    }
  }, 240_000);

  it('from one operation on, until it is mended: the same', async () => {
    const { operations } = await playWith(() => false);
    let refused = 0;
    for (let nth = 1; nth <= operations; nth += 1) {
      const { transcript } = await playWith((operation) => operation >= nth);
      for (const code of transcript.problems) expect(code).toBe('storage_unavailable');
      refused += transcript.problems.length;
    }
    expect(refused).toBeGreaterThan(operations);
  }, 240_000);

  it('while older files are indexed, at one operation, whichever it is: in the end each is found, once', async () => {
    for (let nth = 1, isOver = false; !isOver; nth += 1) {
      const faults: Faults = { count: 0, isFaulty: () => false };
      await using storage = await openTestStorage({
        location: { memory: true },
        nowMs: 1,
        wrap(connection) {
          connection.exec(`
            INSERT INTO conversations (id, title, created_ms, updated_ms) VALUES ('c', 'Talk', 1, 1);
            INSERT INTO messages (id, conversation_id, role, content, created_ms) VALUES ('q', 'c', 'user', 'See there.', 1);`);
          for (const id of ['f1', 'f2', 'f3']) {
            connection.exec(`
              INSERT INTO attachments (id, name, kind, media_type, bytes, facts, attached_ms, text)
                VALUES ('${id}', 'a.txt', 'text', 'text/plain', 9, '{"characters":200000}', 1, 'wheatear ${id}');
              INSERT INTO message_attachments (message_id, place, attachment_id) VALUES ('q', ${id.slice(1)}, '${id}');`);
          }
          // As if they had been attached before there was an index.
          connection.exec('DELETE FROM attachment_index; INSERT INTO attachments_to_index SELECT key FROM attachments');
          return toFailing(connection, faults);
        },
      });
      faults.isFaulty = (operation) => operation === nth;
      let refused = 0;
      for (let step = 0, isMore = true; isMore; step += 1) {
        expect(step).toBeLessThan(9);
        isMore = await storage.indexOlder().catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'storage_unavailable' });
          refused += 1;
          return true;
        });
      }
      isOver = faults.count < nth;
      faults.isFaulty = () => false;
      expect(refused).toBe(isOver ? 0 : 1);
      const hits = await storage.chats.search({ text: 'wheatear', skip: 0, limit: 9 });
      expect(hits.flatMap(({ attachment }) => attachment?.id ?? []).toSorted()).toEqual(['f1', 'f2', 'f3']);
    }
  });

  it('ends the answer with words, keeps the engine free, and takes up work when it is mended', async () => {
    const faults: Faults = { count: 0, isFaulty: () => false };
    await using storage = await openTestStorage({
      location: { memory: true },
      nowMs: 1,
      wrap: (connection) => toFailing(connection, faults),
    });
    await using under = await openChatUnderTest({ storage });
    const { chat, clock } = under;
    const { generation_id: id } = await under.ask('q1');
    under.answer().say('One ');
    await clock.advance(100);
    faults.isFaulty = () => true;
    under.answer().say('two ');
    const seen: string[] = [];
    const reading = (async () => {
      for await (const { part } of chat.follow(id, 0, new AbortController().signal)) seen.push(part.type);
    })();
    expect((await problemOf(reading)).code).toBe('storage_unavailable');
    expect(under.answer().isFreed).toBe(true);
    expect((await problemOf(under.ask('q2', { parentId: null }))).code).toBe('storage_unavailable');
    faults.isFaulty = () => false;
    await clock.advance(60_000);
    const parts = await readAll(chat, id);
    expect(parts.at(-1)?.part).toMatchObject({ type: 'error', code: 'storage_unavailable', kept: true });
    expect(textOf(parts)).toBe('One ');
    expect((await chat.conversation('c')).messages[1]).toMatchObject({ state: 'failed', content: 'One ' });
    expect(under.events.at(-1)).not.toHaveProperty('conversation.running_generation_id');
    await under.ask('q2', { parentId: null });
  });

  it('at the end of a whole answer: it is whole when the disk is mended', async () => {
    const faults: Faults = { count: 0, isFaulty: () => false };
    await using storage = await openTestStorage({
      location: { memory: true },
      nowMs: 1,
      wrap: (connection) => toFailing(connection, faults),
    });
    await using under = await openChatUnderTest({ storage });
    const { generation_id: id } = await under.ask('q1');
    under.answer().say('One ');
    await under.clock.settle();
    under.answer().say('two');
    await under.clock.advance(60);
    faults.isFaulty = () => true;
    under.answer().finish();
    await under.clock.advance(500);
    expect((await problemOf(readAll(under.chat, id))).code).toBe('storage_unavailable');
    faults.isFaulty = () => false;
    await under.clock.advance(60_000);
    const parts = await readAll(under.chat, id);
    expect(parts.at(-1)?.part).toMatchObject({ type: 'finish', reason: 'stop' });
    expect((await under.chat.conversation('c')).messages[1]).toMatchObject({ state: 'complete', content: 'One two' });
  });

  it('while a question is synced: the engine is asked at once, and nobody is told before', async () => {
    const disk = Promise.withResolvers<void>();
    await using storage = await openTestStorage({ location: { memory: true }, nowMs: 1, sync: () => disk.promise });
    await using under = await openChatUnderTest({ storage });
    let isAcknowledged = false;
    const asking = under.ask('q1').then((accepted) => {
      isAcknowledged = true;
      return accepted;
    });
    await under.clock.advance(100);
    expect(under.answers).toHaveLength(1);
    expect(under.events).toEqual([]);
    expect(isAcknowledged).toBe(false);
    disk.resolve();
    const { generation_id: id } = await asking;
    expect(under.events).toMatchObject([{ type: 'conversation', conversation: { running_generation_id: id } }]);
    under.answer().say('One');
    under.answer().finish();
    await under.clock.advance(100);
    expect(textOf(await readAll(under.chat, id))).toBe('One');
  });

  it('with the sync of a question: it is refused, the engine is freed, and the answer has an end', async () => {
    let isBroken = true;
    const sync = async (): Promise<void> => {
      if (isBroken) throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
    };
    await using storage = await openTestStorage({ location: { memory: true }, nowMs: 1, sync });
    await using under = await openChatUnderTest({ storage });
    expect((await problemOf(under.ask('q1'))).code).toBe('storage_unavailable');
    await under.clock.advance(100);
    expect(under.answer().isFreed).toBe(true);
    isBroken = false;
    await under.clock.advance(60_000);
    expect((await under.chat.conversation('c')).messages[1]).toMatchObject({ state: 'failed', content: '' });
    // The same question again is known by then.
    expect(await under.ask('q1')).toMatchObject({ message_id: 'q1' });
  });
});
