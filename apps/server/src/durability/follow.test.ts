import { Problem } from '@pilotlight/contract';
import type { LoggedPart } from '@pilotlight/contract';
import { withSeed } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { openChatUnderTest, problemOf, readAll, textOf } from './testing/chat-under-test.ts';

const WORDS = Array.from({ length: 60 }, (_, index) => `${index} `);

describe('a reader', () => {
  it('gets every byte once and in order from every offset, of a running answer and of one that has ended', async () => {
    // Seen elsewhere: what a snapshot and a buffer both held was shown twice.
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    const { generation_id: id } = await under.ask('q1');
    const early: Promise<LoggedPart[]>[] = [];
    for (const [index, word] of WORDS.entries()) {
      under.answer().say(word);
      await clock.advance(7);
      early.push(readAll(chat, id, index));
    }
    under.answer().finish();
    const whole = await clock.advanceUntil(readAll(chat, id));
    expect(textOf(whole)).toBe(WORDS.join(''));
    expect(whole.map(({ offset }) => offset)).toEqual(whole.map((_, index) => index));
    expect(whole.filter(({ part }) => part.type === 'finish' || part.type === 'error')).toHaveLength(1);
    for (const [from, reader] of early.entries()) expect(await reader).toEqual(whole.slice(from));
    for (const from of whole.keys()) expect(await readAll(chat, id, from)).toEqual(whole.slice(from));
    expect(await readAll(chat, id, whole.length)).toEqual([]);
    expect(await readAll(chat, id, whole.length + 10)).toEqual([]);
  });

  it('can come back twenty times within one answer, each time where it left', async () => {
    // Seen elsewhere: from the second time on the numbering began anew, and pieces were dropped.
    await withSeed(async (randomness) => {
      await using under = await openChatUnderTest({ settings: { keptBytes: 40 } });
      const { chat, clock } = under;
      const { generation_id: id } = await under.ask('q1');
      const got: LoggedPart[] = [];
      for (let round = 0; round < 20; round += 1) {
        const leaving = new AbortController();
        const reader = (async () => {
          for await (const part of chat.follow(id, got.length, leaving.signal)) got.push(part);
        })();
        for (let count = randomness.between(0, 6); count > 0; count -= 1) {
          under.answer().say(`${round}.${count} `);
          await clock.advance(randomness.between(0, 80));
        }
        leaving.abort();
        await reader;
      }
      expect(under.answer().isFreed).toBe(false);
      under.answer().finish();
      await clock.advance(100);
      const whole = await readAll(chat, id);
      expect([...got, ...(await readAll(chat, id, got.length))]).toEqual(whole);
    });
  });

  it('is not fed from memory without bound: who is slow reads from the store', async () => {
    await using under = await openChatUnderTest({ settings: { keptBytes: 100, pageCharacters: 50 } });
    const { chat, clock } = under;
    const { generation_id: id } = await under.ask('q1');
    const slow = chat.follow(id, 0, new AbortController().signal)[Symbol.asyncIterator]();
    await slow.next();
    const reading: LoggedPart[] = [];
    for (let index = 0; index < 500; index += 1) {
      under.answer().say(`word ${index} `);
      if (index % 10 === 0) await clock.advance(50);
    }
    under.answer().finish();
    await clock.advance(100);
    for (let next = await slow.next(); next.done !== true; next = await slow.next()) reading.push(next.value);
    expect(reading).toEqual((await readAll(chat, id)).slice(1));
    expect(reading).toHaveLength(501);
  });

  it('sees only what is in the log', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock, store } = under;
    const { generation_id: id } = await under.ask('q1');
    const reading = (async () => {
      for await (const { offset } of chat.follow(id, 0, new AbortController().signal)) {
        const page = await store.read({ generationId: id, from: offset, maxCharacters: 1 });
        expect(page?.nextOffset).toBeGreaterThan(offset);
      }
    })();
    for (const word of WORDS) {
      under.answer().say(word);
      await clock.advance(3);
    }
    under.answer().finish();
    await clock.advanceUntil(reading);
  });

  it('leaves without ending anything, in every phase', async () => {
    // Seen elsewhere: who left before the first token lost the answer.
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    const { generation_id: id } = await under.ask('q1');
    const leave = async (): Promise<void> => {
      const leaving = new AbortController();
      const next = chat.follow(id, 0, leaving.signal)[Symbol.asyncIterator]();
      await next.next();
      leaving.abort();
      await next.return?.();
    };
    await leave();
    under.answer().give({ type: 'phase', phase: 'loading', model: 'pilot:latest', reason: 'x', since: '2026-01-01T00:00:00.000Z' });
    await clock.advance(600_000);
    await leave();
    under.answer().say('It ');
    await clock.advance(10);
    await leave();
    under.answer().say('goes on.');
    under.answer().finish();
    await clock.advance(100);
    expect(textOf(await readAll(chat, id))).toBe('It goes on.');
    expect((await chat.conversation('c')).messages[1]).toMatchObject({ content: 'It goes on.', state: 'complete' });
  });

  it('does not wait for the group: the first content is shown at once', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    const { generation_id: id } = await under.ask('q1');
    under.answer().give({ type: 'phase', phase: 'answering', model: 'pilot:latest', reason: 'x', since: '2026-01-01T00:00:00.000Z' });
    under.answer().say('First');
    await clock.settle();
    const reader = chat.follow(id, 2, new AbortController().signal)[Symbol.asyncIterator]();
    const first = await Promise.race([reader.next(), clock.settle().then(() => 'nothing yet')]);
    expect(first).toMatchObject({ value: { offset: 2, part: { text: 'First' } } });
    await reader.return?.();
  });

  it('of a generation that is not there is told so', async () => {
    await using under = await openChatUnderTest();
    expect((await problemOf(readAll(under.chat, 'nothing'))).code).toBe('generation_not_found');
    expect((await problemOf(under.chat.stop('nothing'))).code).toBe('generation_not_found');
  });

  it('of a conversation that is removed while it reads is told that it has ended', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    const { generation_id: id } = await under.ask('q1');
    under.answer().say('Some text');
    const reading = readAll(chat, id);
    await clock.advance(100);
    await clock.advanceUntil(chat.remove('c'));
    const last = await reading.then(
      (parts) => parts.at(-1)?.part.type,
      (error: unknown) => (error instanceof Problem ? error.code : error),
    );
    expect(['finish', 'generation_not_found']).toContain(last);
    expect(under.answer().isFreed).toBe(true);
    expect((await problemOf(readAll(chat, id))).code).toBe('generation_not_found');
    expect(under.events.at(-1)).toMatchObject({ type: 'conversation_removed', id: 'c' });
  });
});

it('three generations in one conversation, across a restart, each have a log of their own', async () => {
  // Seen elsewhere: the stream was named after the conversation, and its old numbering swallowed the next answer.
  await using under = await openChatUnderTest();
  const { chat, clock, store } = under;
  const ids: string[] = [];
  for (const [index, name] of ['q1', 'q2'].entries()) {
    ids.push((await under.ask(name)).generation_id);
    under.answer().say(`Answer ${index}`);
    under.answer().finish();
    await clock.advance(100);
  }
  await using again = await openChatUnderTest({ storage: { chats: store, [Symbol.asyncDispose]: () => Promise.resolve() }, clock });
  expect(await again.chat.recover()).toBe(0);
  ids.push((await again.ask('q3')).generation_id);
  again.answer().say('Answer 2');
  again.answer().finish();
  await clock.advance(100);
  for (const [index, id] of ids.entries()) expect(textOf(await readAll(chat, id))).toBe(`Answer ${index}`);
  expect(new Set(ids).size).toBe(3);
  expect(again.answer().request.messages).toHaveLength(5);
});
