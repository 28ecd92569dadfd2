import { Problem } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { RECEIPT } from '../testing/scripted-gateway.ts';
import { openChatUnderTest, readAll, textOf } from './testing/chat-under-test.ts';
import type { ChatUnderTest } from './testing/chat-under-test.ts';

const loading = { type: 'phase', phase: 'loading', model: 'pilot:latest', reason: 'x', since: '2026-01-01T00:00:00.000Z' } as const;

async function lastMessage({ chat }: ChatUnderTest) {
  return (await chat.conversation('c')).messages.at(-1);
}

describe('stop', () => {
  const phases: readonly [string, (under: ChatUnderTest) => Promise<void>][] = [
    ['before anything came', async () => undefined],
    ['while the model loads', async ({ answer, clock }) => (answer().give(loading), clock.advance(5000))],
    ['at the first token', async ({ answer, clock }) => (answer().say('One '), clock.settle())],
    ['with a group that waits', async ({ answer, clock }) => (answer().say('One ', 'two '), clock.advance(10))],
    ['in the middle', async ({ answer, clock }) => (answer().say('One ', 'two ', 'three'), clock.advance(500))],
  ];
  it.each(phases)('%s: what was written is kept, and the engine is free', async (_name, reach) => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    const { generation_id: id } = await under.ask('q1');
    await reach(under);
    const beforeMs = clock.monotonic();
    await clock.advanceUntil(chat.stop(id));
    expect(clock.monotonic() - beforeMs).toBeLessThanOrEqual(2000);
    expect(under.answer().isFreed).toBe(true);
    const parts = await readAll(chat, id);
    expect(parts.at(-1)?.part).toMatchObject({ type: 'finish', reason: 'stopped', receipt: { attempts: [{ outcome: 'stopped' }] } });
    expect(await lastMessage(under)).toMatchObject({ state: 'stopped', content: textOf(parts), finish_reason: 'stopped' });
    await chat.stop(id);
    expect(await readAll(chat, id)).toEqual(parts);
  });

  it('twice at once ends it once', async () => {
    await using under = await openChatUnderTest();
    const { generation_id: id } = await under.ask('q1');
    await under.clock.advanceUntil(Promise.all([under.chat.stop(id), under.chat.stop(id)]));
    expect((await readAll(under.chat, id)).filter(({ part }) => part.type === 'finish')).toHaveLength(1);
  });

  it('does not wait for a gateway that does not listen: after 2 s the answer is ended without it, and what it says later is not taken', async () => {
    let say = (_text: string): void => undefined;
    await using under = await openChatUnderTest({
      async *script() {
        for (;;) {
          const { promise, resolve } = Promise.withResolvers<string>();
          say = resolve;
          yield { type: 'text', text: await promise };
        }
      },
    });
    const { chat, clock } = under;
    const { generation_id: id } = await under.ask('q1');
    say('Before. ');
    await clock.advance(100);
    const beforeMs = clock.monotonic();
    await clock.advanceUntil(chat.stop(id));
    expect(clock.monotonic() - beforeMs).toBe(2000);
    say('After.');
    await clock.advance(1000);
    expect(textOf(await readAll(chat, id))).toBe('Before. ');
    expect(await lastMessage(under)).toMatchObject({ state: 'stopped', content: 'Before. ' });
  });
});

describe('an end', () => {
  it('writes the message and its receipt, and tells who listens', async () => {
    await using under = await openChatUnderTest();
    const { clock } = under;
    const { generation_id: id } = await under.ask('q1');
    expect(under.events).toMatchObject([{ type: 'conversation', conversation: { running_generation_id: id } }]);
    under.answer().give({ type: 'reasoning', text: 'Hm. ' });
    under.answer().say('Yes');
    under.answer().finish('length');
    await clock.advance(100);
    expect(await lastMessage(under)).toMatchObject({
      state: 'complete',
      content: 'Yes',
      reasoning: 'Hm. ',
      model: 'pilot:latest',
      finish_reason: 'length',
      receipt: RECEIPT,
    });
    expect(under.events).toHaveLength(2);
    expect(under.events[1]).not.toHaveProperty('conversation.running_generation_id');
  });

  it('comes to all who listen, though one of them fails', async () => {
    await using under = await openChatUnderTest();
    const heard: string[] = [];
    under.chat.subscribe(() => {
      throw new Error('a listener failed');
    });
    under.chat.subscribe(({ type }) => heard.push(type));
    await under.ask('q1');
    under.answer().finish();
    await under.clock.advance(100);
    expect(heard).toEqual(['conversation', 'conversation']);
    expect(await lastMessage(under)).toMatchObject({ state: 'complete' });
  });

  it('with a failure keeps the text and says what happened', async () => {
    await using under = await openChatUnderTest();
    const { generation_id: id } = await under.ask('q1');
    under.answer().say('Half an ans');
    under.answer().fail(new Problem('engine_died', 'It was killed.', { source: 'upstream', facts: { receipt: RECEIPT } }));
    const parts = await under.clock.advanceUntil(readAll(under.chat, id));
    expect(parts.at(-1)?.part).toMatchObject({ type: 'error', code: 'engine_died', source: 'upstream', kept: true, receipt: RECEIPT });
    expect(await lastMessage(under)).toMatchObject({
      state: 'failed',
      content: 'Half an ans',
      error: { code: 'engine_died', detail: 'It was killed.' },
    });
  });

  it.each([
    ['a stream without an end marker', 'answer_cut'],
    ['a fault of ours', 'internal_error'],
  ])('by %s is never taken for a whole answer', async (_name, code) => {
    await using under = await openChatUnderTest();
    const { generation_id: id } = await under.ask('q1');
    under.answer().say('Half');
    if (code === 'answer_cut') under.answer().cut();
    else under.answer().fail(new TypeError('x of undefined'));
    const parts = await under.clock.advanceUntil(readAll(under.chat, id));
    expect(parts.at(-1)?.part).toMatchObject({ type: 'error', code, kept: true });
    expect(await lastMessage(under)).toMatchObject({ state: 'failed', content: 'Half' });
  });

  it('comes at the limit of an answer, too, and frees the engine', async () => {
    await using under = await openChatUnderTest({ settings: { maxAnswerCharacters: 100 } });
    const { generation_id: id } = await under.ask('q1');
    for (let index = 0; index < 30; index += 1) under.answer().say('0123456789');
    const parts = await under.clock.advanceUntil(readAll(under.chat, id));
    expect(parts.at(-1)?.part).toMatchObject({ type: 'error', code: 'answer_cut', kept: true });
    expect(textOf(parts)).toHaveLength(110);
    await under.clock.settle();
    expect(under.answer().isFreed).toBe(true);
  });

  it('of an engine faster than the store holds it back, and loses nothing', async () => {
    await using under = await openChatUnderTest({
      settings: { maxPendingCharacters: 200 },
      async *script() {
        for (let index = 0; index < 20_000; index += 1) yield { type: 'text', text: `${index} ` };
        yield { type: 'finish', reason: 'stop', receipt: RECEIPT };
      },
    });
    const { generation_id: id } = await under.ask('q1');
    const text = textOf(await under.clock.advanceUntil(readAll(under.chat, id)));
    expect(text.split(' ').slice(0, -1).map(Number)).toEqual(Array.from({ length: 20_000 }, (_, index) => index));
    expect((await lastMessage(under))?.content).toBe(text);
  });
});

describe('the server', () => {
  it('is shut down: running answers are ended as interrupted, with all that was written', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    const { generation_id: id } = await under.ask('q1');
    under.answer().say('One ', 'two');
    await clock.settle();
    await clock.advanceUntil(chat[Symbol.asyncDispose]());
    expect(under.answer().isFreed).toBe(true);
    const parts = await readAll(chat, id);
    expect(parts.at(-1)?.part).toMatchObject({
      type: 'error',
      code: 'interrupted',
      kept: true,
      detail: expect.stringContaining('shut down'),
    });
    expect(await lastMessage(under)).toMatchObject({ state: 'interrupted', content: 'One two' });
    await expect(under.ask('q2')).rejects.toMatchObject({ code: 'shutting_down' });
  });

  it('was killed: what it left is marked as interrupted, once, with its text, and nothing is generated', async () => {
    // Seen elsewhere: recovery asked the model again and wrote over a saved answer.
    await using former = await openChatUnderTest();
    const { clock, store } = former;
    const { generation_id: id } = await former.ask('q1');
    former.answer().give({ type: 'reasoning', text: 'Hm.' });
    former.answer().say('One ', 'two ');
    await clock.advance(100);
    former.answer().say('three');
    await clock.settle();
    former.answer().say(' and what was not stored');
    await using again = await openChatUnderTest({ storage: { chats: store, [Symbol.asyncDispose]: () => Promise.resolve() }, clock });
    const counts = [];
    for (let round = 0; round < 5; round += 1) counts.push(await again.chat.recover());
    expect(counts).toEqual([1, 0, 0, 0, 0]);
    expect(again.answers).toEqual([]);
    const parts = await readAll(again.chat, id);
    expect(parts.at(-1)?.part).toMatchObject({ type: 'error', code: 'interrupted', kept: true });
    expect(parts.filter(({ part }) => part.type === 'error')).toHaveLength(1);
    // Whose words they are is known from the log: the page said "no model" beside them.
    const end = { state: 'interrupted', content: 'One two three', reasoning: 'Hm.', model: 'pilot:latest' };
    expect(await lastMessage(again)).toMatchObject(end);
    // The former writer, should it still live, is refused, and its readers get the end that was written.
    const reading = readAll(former.chat, id);
    former.answer().say(' too late');
    former.answer().finish();
    expect(await clock.advanceUntil(reading)).toEqual(parts);
    expect(await lastMessage(again)).toMatchObject({ state: 'interrupted', content: 'One two three' });
  });
});
