import type { BeginResult, ChatStore } from '@pilotlight/chat';
import { Problem } from '@pilotlight/contract';
import { openStorage } from '@pilotlight/storage';
import { createManualClock } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { openChatUnderTest, problemOf, readAll, textOf, toQuestion } from './testing/chat-under-test.ts';
import type { ChatUnderTest } from './testing/chat-under-test.ts';

interface Held extends AsyncDisposable {
  readonly under: ChatUnderTest;
  readonly store: ChatStore;
  /** How often the store was asked for the details of a conversation. */
  readonly looks: () => number;
  /** Lets questions be stored, or, with an error, refuses them. */
  release(error?: Error): void;
}

/** A chat over a store that takes no question until it is let. */
async function holdBeginnings(): Promise<Held> {
  const clock = createManualClock();
  const storage = await openStorage({ location: { memory: true }, clock });
  let looks = 0;
  const gate = Promise.withResolvers<void>();
  gate.promise.catch(() => {});
  const store: ChatStore = {
    ...storage.chats,
    details(id) {
      looks += 1;
      return storage.chats.details(id);
    },
    async begin(beginning): Promise<BeginResult> {
      await gate.promise;
      return storage.chats.begin(beginning);
    },
  };
  const dispose = async (): Promise<void> => storage[Symbol.asyncDispose]();
  const under = await openChatUnderTest({ storage: { chats: store, [Symbol.asyncDispose]: dispose }, clock });
  return {
    under,
    store,
    looks: () => looks,
    release: (error) => (error === undefined ? gate.resolve() : gate.reject(error)),
    async [Symbol.asyncDispose]() {
      gate.resolve();
      await under[Symbol.asyncDispose]();
      await dispose();
    },
  };
}

describe('the first question of a conversation', () => {
  it.each([undefined, 'c'])(
    'is on its way to the engine while it is stored, and nothing of the answer is shown before (id %s)',
    async (conversationId) => {
      await using held = await holdBeginnings();
      const { chat, clock, answers } = held.under;
      let isAcknowledged = false;
      const posting = chat.post(toQuestion('q1', { conversationId })).then((accepted) => {
        isAcknowledged = true;
        return accepted;
      });
      await clock.settle();
      expect(answers.map(({ request }) => request.messages)).toEqual([[{ role: 'user', content: 'Question q1' }]]);
      held.under.answer().say('Early');
      held.under.answer().finish();
      await clock.advance(1_000);
      expect(isAcknowledged).toBe(false);
      expect(await held.store.running()).toEqual([]);
      held.release();
      const { generation_id: id } = await posting;
      await clock.advance(100);
      const log = await readAll(chat, id);
      expect(log.map(({ part }) => part.type)).toEqual(['start', 'text', 'finish']);
      expect(textOf(log)).toBe('Early');
      expect(answers).toHaveLength(1);
    },
  );

  it('that cannot be stored frees the engine, and leaves nothing', async () => {
    await using held = await holdBeginnings();
    const { chat, clock, events } = held.under;
    const refused = problemOf(chat.post(toQuestion('q1')));
    await clock.settle();
    held.under.answer().say('Never shown');
    held.release(new Problem('storage_full', 'The disk is full.'));
    expect((await refused).code).toBe('storage_full');
    await clock.settle();
    expect(held.under.answer().isFreed).toBe(true);
    expect([events, await held.store.running(), await held.store.details('c')]).toEqual([[], [], undefined]);
  });

  it('whose id belongs to another conversation frees the engine', async () => {
    await using under = await openChatUnderTest();
    await under.ask('q1');
    under.answer().finish();
    await under.clock.advance(100);
    expect((await problemOf(under.ask('q1', { conversationId: 'd' }))).code).toBe('conflict');
    await under.clock.settle();
    expect(under.answers.map(({ isFreed }) => isFreed)).toEqual([true, true]);
  });

  it.each([
    ['a file', { attachments: ['file'] }],
    ['a parent', { parentId: 'm' }],
  ])('is stored first if it has %s, which the store alone knows', async (_name, over) => {
    await using held = await holdBeginnings();
    const refused = problemOf(held.under.chat.post(toQuestion('q1', over)));
    await held.under.clock.settle();
    expect(held.under.answers).toEqual([]);
    held.release();
    expect((await refused).code).toMatch(/not_found$/);
  });

  it('is not looked for where its conversation has no id', async () => {
    await using held = await holdBeginnings();
    held.release();
    await held.under.chat.post(toQuestion('q1', { conversationId: undefined }));
    expect(held.looks()).toBe(0);
  });
});

describe('what a conversation is set to', () => {
  it('is asked of the store once, until it may be something else', async () => {
    await using held = await holdBeginnings();
    held.release();
    const { under } = held;
    const ask = async (id: string, model?: string) => {
      await under.ask(id);
      expect([id, under.answer().request.model]).toEqual([id, model]);
      under.answer().finish();
      await under.clock.advance(100);
    };
    await ask('q1');
    await ask('q2');
    await ask('q3');
    expect(held.looks()).toBe(2);
    await under.chat.change('c', { settings: { model: 'pilot:latest' } });
    await ask('q4', 'pilot:latest');
    await ask('q5', 'pilot:latest');
    expect(held.looks()).toBe(3);
    // A change that is under way counts for what is asked after it.
    const changing = under.chat.change('c', { settings: { model: null } });
    const asking = ask('q6');
    await Promise.all([changing, asking]);
    await under.chat.remove('c');
    expect((await problemOf(under.ask('q7'))).code).toBe('conversation_deleted');
    await under.chat.restore('c');
    await ask('q8');
  });
});
