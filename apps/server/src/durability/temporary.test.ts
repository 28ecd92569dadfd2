import { openStorage } from '@pilotlight/storage';
import { createManualClock, createTemporaryFolder } from '@pilotlight/test-kit';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { openChatUnderTest, problemOf, readAll, textOf } from './testing/chat-under-test.ts';
import type { ChatUnderTest } from './testing/chat-under-test.ts';

const TEMPORARY = { newConversation: { temporary: true, folder: 'Birds', settings: { system: 'Be brief.' } } };

async function whisper(under: ChatUnderTest, id: string, over: Parameters<ChatUnderTest['ask']>[1] = {}) {
  const accepted = await under.ask(id, { text: `secret of ${id}`, ...TEMPORARY, ...over });
  under.answer().say('hushed ', 'reply');
  under.answer().finish();
  await under.clock.advance(100);
  return accepted;
}

describe('a temporary conversation', () => {
  it('is held like any other: read, gone on with, answered again, renamed, continued', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    const accepted = await whisper(under, 'q1');
    expect(accepted.temporary).toBe(true);
    expect(textOf(await readAll(chat, accepted.generation_id))).toBe('hushed reply');
    expect(under.answer().request.messages[0]).toEqual({ role: 'system', content: 'Be brief.' });
    await whisper(under, 'q2');
    await chat.regenerate({ conversationId: 'c', answerId: accepted.answer_id, options: {}, requestId: 'r' });
    await clock.settle();
    under.answer().say('half');
    await clock.advance(100);
    const running = (await chat.conversation('c')).running_generation_id ?? '';
    await clock.advanceUntil(chat.stop(running));
    const view = await chat.conversation('c');
    expect(view).toMatchObject({ temporary: true, settings: { system: 'Be brief.' } });
    expect(view.messages).toHaveLength(5);
    const half = view.messages.at(-1)?.id ?? '';
    const more = await chat.continueAnswer({ conversationId: 'c', answerId: half, options: {}, requestId: 'r' });
    await clock.settle();
    under.answer().say(' and whole');
    under.answer().finish();
    await clock.advance(100);
    expect(textOf(await readAll(chat, more.generation_id))).toBe('half and whole');
    expect(await chat.rename('c', 'Hush')).toMatchObject({ title: 'Hush', temporary: true });
    expect((await chat.change('c', { settings: { system: null } })).settings).toBeUndefined();
  });

  it('is in no list, no folder, no search, and no news', async () => {
    await using under = await openChatUnderTest();
    const { chat } = under;
    await whisper(under, 'q1');
    expect([(await chat.list({ limit: 9, archived: 'any' })).conversations, (await chat.folders()).folders]).toEqual([[], []]);
    expect((await chat.search({ text: 'secret', limit: 9 })).hits).toEqual([]);
    await chat.rename('c', 'Hush');
    await chat.change('c', { settings: { system: 'x' } });
    await chat.remove('c');
    expect(under.events).toEqual([]);
  });

  it('is not pinned, archived or put into a folder', async () => {
    await using under = await openChatUnderTest();
    await whisper(under, 'q1');
    for (const change of [{ pinned: true }, { archived: true }, { folder: 'Birds' }]) {
      expect((await problemOf(under.chat.change('c', change))).code).toBe('conversation_temporary');
    }
  });

  it('is gone for good when it is deleted, also while its answer is being written', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    const { generation_id: generation } = await under.ask('q1', TEMPORARY);
    under.answer().say('half');
    await clock.advance(100);
    const deleted = await clock.advanceUntil(chat.remove('c'));
    expect(deleted.final_at).toBe(deleted.deleted_at);
    expect(under.answer().isFreed).toBe(true);
    expect((await problemOf(chat.restore('c'))).code).toBe('conversation_not_found');
    expect((await problemOf(chat.conversation('c'))).code).toBe('conversation_not_found');
    expect((await problemOf(readAll(chat, generation))).code).toBe('generation_not_found');
    const lasting = await under.ask('q1');
    expect(lasting.temporary).toBeUndefined();
  });

  it('never reaches the disk, and is gone after a restart', async () => {
    const clock = createManualClock();
    await using folder = await createTemporaryFolder();
    const location = { file: join(folder.path, 'chat.db') };
    {
      await using storage = await openStorage({ location, clock });
      await using under = await openChatUnderTest({ storage, clock });
      // A file has a thread of its own, which the hand-held clock does not know of: what is temporary does not go through it.
      const accepted = await under.chat.post({
        conversationId: 'c',
        messageId: 'q1',
        text: 'secret of q1',
        task: 'chat',
        options: {},
        priority: 'interactive',
        requestId: 'r',
        ...TEMPORARY,
      });
      await clock.settle();
      under.answer().say('hushed reply');
      under.answer().finish();
      await clock.advance(100);
      expect(textOf(await readAll(under.chat, accepted.generation_id))).toBe('hushed reply');
      const written = await Promise.all((await readdir(folder.path)).map((name) => readFile(join(folder.path, name), 'latin1')));
      expect(written.length).toBeGreaterThan(1);
      expect(written.filter((text) => /secret|hushed/.test(text))).toEqual([]);
    }
    await using storage = await openStorage({ location, clock });
    await using again = await openChatUnderTest({ storage, clock });
    expect(await again.chat.recover()).toBe(0);
    expect((await problemOf(again.chat.conversation('c'))).code).toBe('conversation_not_found');
  });

  it('makes room for the hundred-and-first by the one that was begun first, and never by one that is being answered', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    await under.ask('running', { conversationId: 'c-running', ...TEMPORARY });
    for (let index = 0; index < 100; index += 1) await whisper(under, `q${index}`, { conversationId: `c${index}` });
    await clock.advance(100);
    expect((await problemOf(chat.conversation('c0'))).code).toBe('conversation_not_found');
    for (const id of ['c-running', 'c1', 'c99']) expect((await chat.conversation(id)).temporary).toBe(true);
  });

  it('is what its first message says: a later one makes nothing of a lasting conversation', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    await under.ask('q1');
    under.answer().finish();
    await clock.advance(100);
    const accepted = await whisper(under, 'q2');
    expect(accepted.temporary).toBeUndefined();
    expect((await chat.conversation('c')).messages).toHaveLength(4);
    expect((await chat.list({ limit: 9 })).conversations).toHaveLength(1);
  });
});
