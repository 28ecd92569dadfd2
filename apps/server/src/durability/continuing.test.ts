import { openStorage } from '@pilotlight/storage';
import { createManualClock } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { openChatUnderTest, problemOf, readAll, textOf } from './testing/chat-under-test.ts';
import type { ChatUnderTest } from './testing/chat-under-test.ts';

const R = { conversationId: 'c', options: {}, requestId: 'r' };

/** A question whose answer was stopped after these words. */
async function cut(under: ChatUnderTest, words = 'One, two,'): Promise<string> {
  const { generation_id: generation, answer_id: answerId } = await under.ask('q1', { text: 'Count.' });
  under
    .answer()
    .give({ type: 'phase', phase: 'answering', model: 'pilot:latest', reason: 'It writes.', since: '2026-01-01T00:00:00.000Z' });
  under.answer().give({ type: 'reasoning', text: 'I count.' });
  under.answer().say(words);
  await under.clock.advance(100);
  await under.clock.advanceUntil(under.chat.stop(generation));
  return answerId;
}

async function goOn(under: ChatUnderTest, answerId: string, over: Partial<Parameters<ChatUnderTest['chat']['continueAnswer']>[0]> = {}) {
  const accepted = await under.chat.continueAnswer({ ...R, answerId, ...over });
  await under.clock.settle();
  return accepted;
}

describe('an answer that is continued', () => {
  it('is one message of the old text and the new, with the seam in its log and its receipt; the old one stays', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    const half = await cut(under);
    const before = (await chat.conversation('c')).messages.at(-1);
    const accepted = await goOn(under, half);
    expect(under.answer().request.messages).toEqual([
      { role: 'user', content: 'Count.' },
      { role: 'assistant', content: 'One, two,', prefix: true },
    ]);
    under.answer().say(' three', ' and four.');
    under.answer().finish();
    await clock.advance(100);

    const log = await readAll(chat, accepted.generation_id);
    expect(log.map(({ part }) => part.type)).toEqual(['start', 'reasoning', 'text', 'seam', 'text', 'text', 'finish']);
    expect(textOf(log)).toBe('One, two, three and four.');
    const view = await chat.conversation('c');
    expect(view.head_id).toBe(accepted.answer_id);
    expect(view.messages).toHaveLength(3);
    expect(view.messages[1]).toEqual(before);
    expect(view.messages[2]).toMatchObject({
      parent_id: 'q1',
      content: 'One, two, three and four.',
      reasoning: 'I count.',
      state: 'complete',
      continues: half,
      receipt: { seams: [{ from: 'pilot:latest', to: 'pilot:latest', reason: 'continued on request: the answer was stopped' }] },
    });
  });

  it('is read from every offset as it was written: each part once, in order', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    const { generation_id: generation } = await goOn(under, await cut(under));
    const live = readAll(chat, generation, 2);
    under.answer().say(' three');
    await clock.advance(100);
    under.answer().finish();
    await clock.advance(100);
    const all = await readAll(chat, generation);
    for (let from = 0; from <= all.length; from += 1) expect(await readAll(chat, generation, from)).toEqual(all.slice(from));
    expect(await live).toEqual(all.slice(2));
  });

  it('is the same when the request comes again, and a conflict when only its id does', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    const half = await cut(under);
    const first = await goOn(under, half, { generationId: 'g2' });
    expect(await goOn(under, half, { generationId: 'g2' })).toEqual(first);
    under.answer().finish();
    await clock.advance(100);
    expect(await goOn(under, half, { generationId: 'g2' })).toEqual(first);
    expect(under.answers).toHaveLength(2);
    expect((await problemOf(goOn(under, half, { generationId: 'g2', options: { seed: 1 } }))).code).toBe('conflict');
    expect((await problemOf(chat.regenerate({ ...R, answerId: half, generationId: 'g2' }))).code).toBe('conflict');
  });

  it('can be cut again and continued again, and be gone on from', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    const second = await goOn(under, await cut(under));
    under.answer().say(' three,');
    await clock.advance(100);
    await clock.advanceUntil(chat.stop(second.generation_id));
    const third = await goOn(under, second.answer_id);
    expect(under.answer().request.messages.at(-1)).toEqual({ role: 'assistant', content: 'One, two, three,', prefix: true });
    under.answer().say(' four.');
    under.answer().finish();
    await clock.advance(100);
    expect(textOf(await readAll(chat, third.generation_id))).toBe('One, two, three, four.');
    await under.ask('q2');
    expect(under.answer().request.messages.map(({ content }) => content)).toEqual(['Count.', 'One, two, three, four.', 'Question q2']);
  });

  it('keeps old and new text over the end of the process, and can be continued after it', async () => {
    const clock = createManualClock();
    await using storage = await openStorage({ location: { memory: true }, clock });
    await using under = await openChatUnderTest({ storage, clock });
    const second = await goOn(under, await cut(under));
    under.answer().say(' three');
    await clock.advance(100);
    await using again = await openChatUnderTest({ storage, clock });
    expect(await again.chat.recover()).toBe(1);
    const message = (await again.chat.conversation('c')).messages.at(-1);
    expect(message).toMatchObject({ id: second.answer_id, content: 'One, two, three', reasoning: 'I count.', state: 'interrupted' });
    const third = await goOn(again, second.answer_id);
    again.answer().say(' four.');
    again.answer().finish();
    await clock.advance(100);
    expect(textOf(await readAll(again.chat, third.generation_id))).toBe('One, two, three four.');
  });

  it('goes on after a token limit, a failure, and where nothing new came', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    const { answer_id: limited } = await under.ask('q1');
    under.answer().say('One,');
    under.answer().finish('length');
    await clock.advance(100);
    const second = await goOn(under, limited);
    under.answer().say(' two,');
    under.answer().cut();
    await clock.advance(100);
    const third = await goOn(under, second.answer_id);
    under.answer().cut();
    await clock.advance(100);
    const { messages } = await chat.conversation('c');
    expect(messages.map(({ content, state }) => [content, state])).toEqual([
      ['Question q1', undefined],
      ['One,', 'complete'],
      ['One, two,', 'failed'],
      ['One, two,', 'failed'],
    ]);
    expect((await readAll(chat, third.generation_id)).at(-1)?.part).toMatchObject({ type: 'error', code: 'answer_cut', kept: true });
  });

  it('asks the model that wrote the text, unless another is named', async () => {
    await using under = await openChatUnderTest();
    const { clock, chat } = under;
    const half = await cut(under);
    await chat.change('c', { settings: { model: 'pilot', system: 'Be brief.', options: { temperature: 0.5, seed: 1 } } });
    await goOn(under, half, { options: { seed: 2 } });
    expect(under.answer().request).toMatchObject({ model: 'pilot:latest', options: { temperature: 0.5, seed: 2 } });
    expect(under.answer().request.messages[0]).toEqual({ role: 'system', content: 'Be brief.' });
    under.answer().finish();
    await clock.advance(100);
    await goOn(under, half, { model: 'pilot' });
    expect(under.answer().request.model).toBe('pilot');
  });

  it('is refused for an answer that is whole, runs, has no text, or is not there', async () => {
    await using under = await openChatUnderTest();
    const { clock, chat } = under;
    const { answer_id: running, generation_id: generation } = await under.ask('q1');
    expect((await problemOf(goOn(under, running))).code).toBe('generation_running');
    await clock.advanceUntil(chat.stop(generation));
    expect(await problemOf(goOn(under, running))).toMatchObject({ code: 'nothing_to_continue', detail: 'This answer has no text yet.' });
    const { answer_id: whole } = await under.ask('q2');
    under.answer().say('All of it.');
    under.answer().finish();
    await clock.advance(100);
    expect((await problemOf(goOn(under, whole))).code).toBe('nothing_to_continue');
    for (const answerId of ['q1', 'nothing']) expect((await problemOf(goOn(under, answerId))).code).toBe('message_not_found');
    expect((await problemOf(goOn(under, whole, { conversationId: 'd' }))).code).toBe('message_not_found');
    expect((await problemOf(goOn(under, whole, { generationId: 'no spaces' }))).field).toBe('generation_id');
    expect((await chat.conversation('c')).messages).toHaveLength(4);
  });

  it('is one at a time for a question, and stops when its conversation is deleted', async () => {
    await using under = await openChatUnderTest();
    const { clock, chat } = under;
    const half = await cut(under);
    await goOn(under, half);
    expect((await problemOf(goOn(under, half))).code).toBe('generation_running');
    expect((await problemOf(chat.regenerate({ ...R, answerId: half }))).code).toBe('generation_running');
    await clock.advanceUntil(chat.remove('c'));
    expect(under.answer().isFreed).toBe(true);
  });
});
