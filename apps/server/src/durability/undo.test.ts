import type { ChatEvent } from '@pilotlight/contract';
import { createManualClock } from '@pilotlight/test-kit';
import { openStorage } from '@pilotlight/storage';
import { describe, expect, it } from 'vitest';

import { openChatUnderTest, problemOf, readAll, textOf, toQuestion } from './testing/chat-under-test.ts';
import type { ChatUnderTest } from './testing/chat-under-test.ts';

const UNDO_MS = 300_000;

async function answered(under: ChatUnderTest, id: string, over: Parameters<ChatUnderTest['ask']>[1] = {}) {
  const accepted = await under.ask(id, over);
  under.answer().say(`Answer to ${id}`);
  under.answer().finish();
  await under.clock.advance(100);
  return accepted;
}

async function listed({ chat }: ChatUnderTest): Promise<string[]> {
  return (await chat.list({ limit: 50 })).conversations.map(({ id }) => id);
}

const typesOf = (events: readonly ChatEvent[]): string[] => events.map(({ type }) => type);

describe('a deleted conversation', () => {
  it('is hidden at once, told to other tabs, and back with all it had when it is restored', async () => {
    await using under = await openChatUnderTest();
    const { chat } = under;
    const { generation_id: generation } = await answered(under, 'q1');
    const before = await chat.conversation('c');
    const count = under.events.length;
    const deleted = await chat.remove('c');
    expect(Date.parse(deleted.final_at) - Date.parse(deleted.deleted_at)).toBe(UNDO_MS);
    expect(await listed(under)).toEqual([]);
    for (const ask of [chat.conversation('c'), chat.rename('c', 'x'), chat.change('c', { pinned: true }), chat.select('c', 'q1')]) {
      expect((await problemOf(ask)).code).toBe('conversation_not_found');
    }
    expect((await problemOf(readAll(chat, generation))).code).toBe('generation_not_found');
    expect((await chat.search({ text: 'answer', limit: 9 })).hits).toEqual([]);
    expect(await chat.remove('c')).toEqual(deleted);

    expect(await chat.restore('c')).toMatchObject({ id: 'c', title: before.title });
    expect(await chat.conversation('c')).toEqual(before);
    expect(textOf(await readAll(chat, generation))).toBe('Answer to q1');
    expect(under.events.slice(count)).toMatchObject([
      { type: 'conversation_removed', id: 'c', final_at: deleted.final_at },
      { type: 'conversation', conversation: { id: 'c' } },
    ]);
    await under.clock.advance(UNDO_MS * 2);
    expect(await listed(under)).toEqual(['c']);
  });

  it('refuses questions, second answers and continuing in words, and its id is free when it is final', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    const { answer_id: answerId } = await answered(under, 'q1');
    await chat.remove('c');
    const answerAgain = { conversationId: 'c', answerId, options: {}, requestId: 'r' };
    for (const ask of [under.ask('q2'), under.ask('q1'), chat.regenerate(answerAgain), chat.continueAnswer(answerAgain)]) {
      expect((await problemOf(ask)).code).toBe('conversation_deleted');
    }
    await clock.advance(UNDO_MS - 1000);
    expect((await problemOf(under.ask('q2'))).code).toBe('conversation_deleted');
    await clock.advance(2000);
    expect((await problemOf(chat.restore('c'))).code).toBe('conversation_not_found');
    await answered(under, 'q1');
    expect((await chat.conversation('c')).messages).toHaveLength(2);
  });

  it('cannot be restored once its time is over, also where its removal is late', async () => {
    const clock = createManualClock();
    await using storage = await openStorage({ location: { memory: true }, clock });
    const purge = () => Promise.reject(new Error('the disk is away'));
    await using under = await openChatUnderTest({ storage: { ...storage, chats: { ...storage.chats, purge } }, clock });
    await answered(under, 'q1');
    await under.chat.remove('c');
    await clock.advance(UNDO_MS + 1);
    expect((await problemOf(under.chat.restore('c'))).code).toBe('conversation_not_found');
    expect(await storage.chats.hidden()).toHaveLength(1);
  });

  it('is removed by a later attempt where the first failed', async () => {
    const clock = createManualClock();
    await using storage = await openStorage({ location: { memory: true }, clock });
    let attempts = 0;
    const purge = (untilMs: number) =>
      (attempts += 1) <= 3 ? Promise.reject(new Error('the disk is away')) : storage.chats.purge(untilMs);
    await using under = await openChatUnderTest({ storage: { ...storage, chats: { ...storage.chats, purge } }, clock });
    await answered(under, 'q1');
    await under.chat.remove('c');
    await clock.advance(UNDO_MS + 60_000);
    expect([attempts, await storage.chats.hidden()]).toEqual([4, []]);
  });

  it('stays hidden over a restart, can be restored after it, and is removed in its time', async () => {
    const clock = createManualClock();
    await using storage = await openStorage({ location: { memory: true }, clock });
    {
      await using under = await openChatUnderTest({ storage, clock });
      for (const id of ['a', 'b', 'c']) await answered(under, `q-${id}`, { conversationId: id });
      await under.chat.remove('a');
      await clock.advance(UNDO_MS - 1000);
      await under.chat.remove('b');
    }
    await using again = await openChatUnderTest({ storage, clock });
    await again.chat.recover();
    expect(await listed(again)).toEqual(['c']);
    expect((await problemOf(again.ask('q', { conversationId: 'b' }))).code).toBe('conversation_deleted');
    await clock.advance(1000);
    expect(await storage.chats.hidden()).toMatchObject([{ id: 'b' }]);
    expect(await again.chat.restore('b')).toMatchObject({ id: 'b' });
    await clock.advance(UNDO_MS);
    expect([await listed(again), await storage.chats.hidden()]).toEqual([['c', 'b'], []]);
  });

  it('is removed at the next start if its time ended while the server was away', async () => {
    const clock = createManualClock();
    await using storage = await openStorage({ location: { memory: true }, clock });
    {
      await using under = await openChatUnderTest({ storage, clock });
      await answered(under, 'q1');
      await under.chat.remove('c');
    }
    await clock.advance(UNDO_MS * 10);
    await using again = await openChatUnderTest({ storage, clock });
    expect(await storage.chats.hidden()).toHaveLength(1);
    await again.chat.recover();
    await clock.advance(1);
    expect(await storage.chats.hidden()).toEqual([]);
  });

  it('that is restored and deleted at once is told as deleted: tabs once showed it though it was gone', async () => {
    await using under = await openChatUnderTest();
    const { chat } = under;
    await answered(under, 'q1');
    await chat.remove('c');
    await Promise.all([chat.restore('c'), chat.remove('c'), chat.remove('c')]);
    expect(typesOf(under.events).slice(-3)).toEqual(['conversation_removed', 'conversation', 'conversation_removed']);
    expect(await listed(under)).toEqual([]);
  });
});

describe('deleting while an answer is written', () => {
  it('stops it, frees the engine, keeps what it had, and tells no tab that it is there again', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    const accepted = await under.ask('q1');
    under.answer().say('half of ');
    await clock.advance(100);
    const reader = readAll(chat, accepted.generation_id);
    await clock.settle();
    const count = under.events.length;
    await clock.advanceUntil(chat.remove('c'));
    expect(under.answer().isFreed).toBe(true);
    expect((await clock.advanceUntil(reader)).at(-1)?.part).toMatchObject({ type: 'finish', reason: 'stopped' });
    await clock.advance(5000);
    expect(typesOf(under.events.slice(count))).toEqual(['conversation_removed']);
    await chat.restore('c');
    expect((await chat.conversation('c')).messages[1]).toMatchObject({ state: 'stopped', content: 'half of ' });
  });

  it('wins over a question that is being stored: nothing runs on, nobody is told', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    await answered(under, 'q1');
    const count = under.events.length;
    const [posted] = await clock.advanceUntil(Promise.allSettled([chat.post(toQuestion('q2')), chat.remove('c')]));
    await clock.advance(5000);
    expect(typesOf(under.events.slice(count)).at(-1)).toBe('conversation_removed');
    expect(under.answers.every(({ isFreed }) => isFreed)).toBe(true);
    // Whichever came first, what was acknowledged is there again.
    await chat.restore('c');
    const { messages } = await chat.conversation('c');
    expect(messages).toHaveLength(posted.status === 'fulfilled' ? 4 : 2);
    expect(messages.some(({ state }) => state === 'running')).toBe(false);
  });

  it('by a process that ends before the answer does leaves no answer that runs for ever', async () => {
    const clock = createManualClock();
    await using storage = await openStorage({ location: { memory: true }, clock });
    await using under = await openChatUnderTest({ storage, clock });
    const { generation_id: generation } = await under.ask('q1');
    under.answer().say('half');
    await clock.advance(100);
    // As a process that is killed leaves it: hidden, not ended.
    await storage.chats.hide('c', clock.now());
    await using again = await openChatUnderTest({ storage, clock });
    expect(await again.chat.recover()).toBe(1);
    expect(again.events).toEqual([]);
    expect(await storage.chats.running()).toEqual([]);
    await again.chat.restore('c');
    expect((await readAll(again.chat, generation)).at(-1)?.part).toMatchObject({ type: 'error', code: 'interrupted', kept: true });
  });
});
