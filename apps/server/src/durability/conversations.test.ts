import { describe, expect, it } from 'vitest';

import { openChatUnderTest, problemOf, readAll, toQuestion } from './testing/chat-under-test.ts';
import type { ChatUnderTest } from './testing/chat-under-test.ts';

async function answered(under: ChatUnderTest, id: string, over: Parameters<ChatUnderTest['ask']>[1] = {}) {
  const accepted = await under.ask(id, over);
  under.answer().say(`Answer to ${id}`);
  under.answer().finish();
  await under.clock.advance(100);
  return accepted;
}

describe('a post', () => {
  it('that comes again gives the same and starts nothing, at once, later, and after a restart', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock, store } = under;
    const both = await Promise.all([chat.post(toQuestion('q1')), chat.post(toQuestion('q1'))]);
    await clock.settle();
    expect(both[0]).toEqual(both[1]);
    expect(under.answers).toHaveLength(1);
    under.answer().finish();
    await clock.advance(100);
    expect(await chat.post(toQuestion('q1', { requestId: 'another', priority: 'api' }))).toEqual(both[0]);
    await using again = await openChatUnderTest({ storage: { chats: store, [Symbol.asyncDispose]: () => Promise.resolve() }, clock });
    expect(await again.chat.post(toQuestion('q1'))).toEqual(both[0]);
    expect([...under.answers, ...again.answers]).toHaveLength(1);
  });

  it.each([
    ['text', { text: 'Other' }],
    ['model', { model: 'other' }],
    ['options', { options: { temperature: 1 } }],
    ['system prompt', { system: 'Other' }],
    ['conversation', { conversationId: 'd' }],
    ['task', { task: 'code' }],
  ])('with a used id and another %s is a conflict', async (_name, over) => {
    await using under = await openChatUnderTest();
    await answered(under, 'q1');
    expect((await problemOf(under.ask('q1', over))).code).toBe('conflict');
    expect((await under.chat.conversation('c')).messages).toHaveLength(2);
  });

  it('at a place where an answer is being written is refused, from a second tab too', async () => {
    await using under = await openChatUnderTest();
    const { chat } = under;
    const first = await answered(under, 'q1');
    const { generation_id: running } = await under.ask('q2');
    for (const parentId of [undefined, first.answer_id]) {
      const problem = await problemOf(under.ask('q3', { parentId }));
      expect([problem.code, problem.facts['generation_id']]).toEqual(['generation_running', running]);
    }
    const other = await under.ask('q4', { parentId: null });
    expect(other.generation_id).not.toBe(running);
    expect((await chat.conversation('c')).messages).toHaveLength(6);
  });

  it.each([
    ['message_id', { messageId: 'no spaces' }],
    ['conversation_id', { conversationId: '' }],
    ['text', { text: '  ' }],
    ['text', { text: 'x'.repeat(1_000_001) }],
    ['parent_id', { parentId: '../x' }],
    ['model', { model: '../x' }],
    ['options.temperature', { options: { temperature: 99 } }],
  ])('with a wrong %s is refused and stores nothing', async (field, over) => {
    await using under = await openChatUnderTest();
    const problem = await problemOf(under.ask('q1', over));
    expect([problem.code, problem.field]).toEqual(['invalid_request', field]);
    expect((await under.chat.list({ limit: 10 })).conversations).toEqual([]);
  });

  it('sends the branch, and with it the system prompt it began with', async () => {
    await using under = await openChatUnderTest();
    await answered(under, 'q1', { system: 'Be brief.', model: 'pilot' });
    await under.ask('q2', { options: { seed: 3 }, task: 'code' });
    expect(under.answer().request).toEqual({
      compose: expect.any(Function),
      task: 'code',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Question q1' },
        { role: 'assistant', content: 'Answer to q1' },
        { role: 'user', content: 'Question q2' },
      ],
      options: { seed: 3 },
      priority: 'interactive',
      requestId: 'r',
      label: 'an answer for “Question q1”',
    });
  });
});

describe('branches', () => {
  it('an answer gets a sibling, nothing is overwritten, and either can be shown', async () => {
    await using under = await openChatUnderTest();
    const { chat } = under;
    const first = await answered(under, 'q1', { model: 'pilot' });
    const request = { conversationId: 'c', answerId: first.answer_id, generationId: 'g2', options: {}, requestId: 'r' };
    const second = await chat.regenerate(request);
    await under.clock.settle();
    expect(second).toMatchObject({ message_id: 'q1', generation_id: 'g2' });
    expect(await chat.regenerate(request)).toEqual(second);
    expect((await problemOf(chat.regenerate({ ...request, options: { seed: 1 } }))).code).toBe('conflict');
    expect((await problemOf(chat.regenerate({ ...request, generationId: 'g3' }))).code).toBe('generation_running');
    expect(under.answers).toHaveLength(2);
    expect(under.answer().request).toMatchObject({ model: 'pilot', messages: [{ role: 'user', content: 'Question q1' }] });
    under.answer().say('Another');
    under.answer().finish();
    await under.clock.advance(100);
    const view = await chat.conversation('c');
    expect(view.head_id).toBe(second.answer_id);
    expect(view.messages.map(({ content }) => content)).toEqual(['Question q1', 'Answer to q1', 'Another']);
    await answered(under, 'q2', { parentId: first.answer_id });
    expect((await chat.select('c', second.answer_id)).head_id).toBe(second.answer_id);
    const back = await chat.select('c', first.answer_id);
    expect(back.messages.find(({ id }) => id === back.head_id)?.content).toBe('Answer to q2');
    expect((await chat.conversation('c')).head_id).toBe(back.head_id);
  });

  it('what is not there cannot be chosen or answered again', async () => {
    await using under = await openChatUnderTest();
    const { chat } = under;
    await answered(under, 'q1');
    const request = { options: {}, requestId: 'r' };
    const problems = await Promise.all([
      problemOf(chat.select('c', 'nothing')),
      problemOf(chat.select('nothing', 'q1')),
      problemOf(chat.regenerate({ ...request, conversationId: 'c', answerId: 'q1' })),
      problemOf(chat.regenerate({ ...request, conversationId: 'nothing', answerId: 'q1' })),
      problemOf(under.ask('q2', { parentId: 'nothing' })),
      problemOf(chat.conversation('nothing')),
      problemOf(chat.rename('nothing', 'x')),
      problemOf(chat.remove('nothing')),
    ]);
    expect(problems.map(({ code }) => code)).toEqual([
      'message_not_found',
      'conversation_not_found',
      'message_not_found',
      'message_not_found',
      'message_not_found',
      'conversation_not_found',
      'conversation_not_found',
      'conversation_not_found',
    ]);
  });
});

describe('the list', () => {
  it('is paged, the newest first', async () => {
    await using under = await openChatUnderTest();
    for (const id of ['one', 'two', 'three', 'four', 'five']) {
      await under.clock.advance(10);
      await answered(under, `q-${id}`, { conversationId: id });
    }
    const seen: string[][] = [];
    for (let before: string | null | undefined; before !== null;) {
      const page = await under.chat.list({ ...(before !== undefined && { before }), limit: 2 });
      seen.push(page.conversations.map(({ id }) => id));
      before = page.next;
    }
    expect(seen).toEqual([['five', 'four'], ['three', 'two'], ['one']]);
    expect((await problemOf(under.chat.list({ before: 'x', limit: 2 }))).code).toBe('invalid_request');
  });

  it('has titles from the first words, and those that people give', async () => {
    await using under = await openChatUnderTest();
    await answered(under, 'q1', { text: 'Tell me, in a few words, what a generation log is and why it matters to me' });
    expect((await under.chat.conversation('c')).title).toBe('Tell me, in a few words, what a generation log is and why…');
    expect(await under.chat.rename('c', '  Logs\n ')).toMatchObject({ title: 'Logs' });
    for (const title of ['', '  ', 'x'.repeat(201)]) expect((await problemOf(under.chat.rename('c', title))).code).toBe('invalid_request');
    await answered(under, 'q2');
    expect((await under.chat.list({ limit: 1 })).conversations).toMatchObject([{ title: 'Logs' }]);
  });

  it('loses a conversation with all that runs in it', async () => {
    await using under = await openChatUnderTest();
    const { generation_id: id } = await under.ask('q1');
    await under.clock.advanceUntil(under.chat.remove('c'));
    expect(under.answer().isFreed).toBe(true);
    expect((await problemOf(readAll(under.chat, id))).code).toBe('generation_not_found');
    expect((await under.chat.list({ limit: 9 })).conversations).toEqual([]);
    expect(await under.chat.recover()).toBe(0);
  });
});
