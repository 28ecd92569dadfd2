import { describe, expect, it } from 'vitest';

import { openChatUnderTest, problemOf } from './testing/chat-under-test.ts';
import type { ChatUnderTest } from './testing/chat-under-test.ts';

async function answered(under: ChatUnderTest, id: string, over: Parameters<ChatUnderTest['ask']>[1] = {}) {
  const accepted = await under.ask(id, over);
  under.answer().say(`Answer to ${id}`);
  under.answer().finish();
  await under.clock.advance(100);
  return accepted;
}

const systemOf = (under: ChatUnderTest): string | undefined =>
  under.answer().request.messages.find(({ role }) => role === 'system')?.content;

async function appliedTo({ chat }: ChatUnderTest, id: string) {
  return (await chat.conversation('c')).messages.find((message) => message.id === id)?.receipt?.applied;
}

describe('the settings of a conversation', () => {
  it('make every answer, unless the request says otherwise, option by option; the receipt says whose word it was', async () => {
    await using under = await openChatUnderTest();
    const { chat } = under;
    const settings = { model: 'pilot', system: 'Be brief.', options: { temperature: 0.5, seed: 1, format: { type: 'object' } } };
    const first = await answered(under, 'q1', { newConversation: { settings } });
    expect(under.answer().request).toMatchObject({ model: 'pilot', options: settings.options });
    expect(systemOf(under)).toBe('Be brief.');
    expect(await appliedTo(under, first.answer_id)).toEqual({
      model: 'conversation',
      system: 'conversation',
      options: {
        temperature: { value: 0.5, from: 'conversation' },
        seed: { value: 1, from: 'conversation' },
        format: { value: 'schema', from: 'conversation' },
      },
    });

    const second = await answered(under, 'q2', { model: 'pilot:latest', system: 'Be kind.', options: { seed: 9, top_k: 3 } });
    expect(under.answer().request).toMatchObject({ model: 'pilot:latest', options: { temperature: 0.5, seed: 9, top_k: 3 } });
    expect(systemOf(under)).toBe('Be kind.');
    expect(await appliedTo(under, second.answer_id)).toMatchObject({
      model: 'request',
      system: 'request',
      options: { seed: { value: 9, from: 'request' }, top_k: { from: 'request' }, temperature: { from: 'conversation' } },
    });

    await chat.regenerate({ conversationId: 'c', answerId: first.answer_id, options: { seed: 4 }, requestId: 'r' });
    await under.clock.settle();
    expect(under.answer().request).toMatchObject({ model: 'pilot', options: { temperature: 0.5, seed: 4 } });
    expect(systemOf(under)).toBe('Be brief.');
  });

  it('hold from the next answer on when they change, for the one that runs not', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    await under.ask('q1');
    const { request } = under.answer();
    await chat.change('c', { settings: { options: { temperature: 1 }, system: 'Sing.' } });
    under.answer().finish();
    await clock.advance(100);
    expect(request.options).toEqual({});
    await answered(under, 'q2');
    expect([under.answer().request.options, systemOf(under)]).toEqual([{ temperature: 1 }, 'Sing.']);
    await chat.change('c', { settings: { options: null, system: null } });
    const third = await answered(under, 'q3');
    expect([under.answer().request.options, systemOf(under)]).toEqual([{}, undefined]);
    expect(await appliedTo(under, third.answer_id)).toBeUndefined();
  });

  it('go before a system prompt that an earlier message was given with, which holds while nothing is set', async () => {
    await using under = await openChatUnderTest();
    await answered(under, 'q1', { system: 'Old words.' });
    const second = await answered(under, 'q2');
    expect([systemOf(under), (await appliedTo(under, second.answer_id))?.system]).toEqual(['Old words.', 'message']);
    await under.chat.change('c', { settings: { system: 'New words.' } });
    await answered(under, 'q3');
    expect(systemOf(under)).toBe('New words.');
  });

  it('are in the receipt of an answer that was stopped, or failed', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    const { answer_id: stopped, generation_id: generation } = await under.ask('q1', { options: { seed: 3 } });
    await clock.advanceUntil(chat.stop(generation));
    const { answer_id: failed } = await under.ask('q2', { options: { seed: 4 } });
    under.answer().cut();
    await clock.advance(100);
    expect(await appliedTo(under, stopped)).toEqual({ options: { seed: { value: 3, from: 'request' } } });
    expect(await appliedTo(under, failed)).toEqual({ options: { seed: { value: 4, from: 'request' } } });
  });

  it('are told to other tabs, and only when they changed', async () => {
    await using under = await openChatUnderTest();
    await answered(under, 'q1');
    const count = under.events.length;
    await under.chat.change('c', { pinned: true });
    await under.chat.change('c', { settings: { system: 'x' } });
    expect(under.events.slice(count)).toMatchObject([
      { type: 'conversation', conversation: { pinned: true } },
      { type: 'conversation', conversation: { pinned: true } },
      { type: 'conversation_settings', id: 'c', settings: { system: 'x' } },
    ]);
  });

  it('are copied from a preset, which changes nothing later', async () => {
    await using under = await openChatUnderTest();
    const { chat } = under;
    const preset = await chat.addPreset({ name: ' Terse\n one ', system: 'Be brief.', model: 'pilot', context_policy: 'stop' });
    expect(preset.name).toBe('Terse one');
    const newConversation = { preset_id: preset.id, settings: { options: { seed: 1 } } };
    await answered(under, 'q1', { newConversation });
    const copied = { system: 'Be brief.', model: 'pilot', context_policy: 'stop', options: { seed: 1 } };
    expect((await chat.conversation('c')).settings).toEqual(copied);
    await chat.changePreset(preset.id, { system: 'Be long.' });
    expect((await chat.conversation('c')).settings).toEqual(copied);
    await chat.changePreset(preset.id, { context_policy: null });
    expect((await chat.change('c', { preset_id: preset.id })).settings).toEqual({ system: 'Be long.', model: 'pilot' });
    await chat.removePreset(preset.id);
    expect(await problemOf(chat.change('c', { preset_id: preset.id }))).toMatchObject({ code: 'preset_not_found', field: 'preset_id' });
    expect(await problemOf(under.ask('q9', { conversationId: 'd', newConversation }))).toMatchObject({
      code: 'preset_not_found',
      field: 'new_conversation.preset_id',
    });
    // The same message again is known, whatever became of the preset since.
    expect((await chat.post({ ...toPosted('q1'), newConversation })).message_id).toBe('q1');
  });
});

describe('presets of an export', () => {
  it('are taken once, however often they come, and told to other tabs', async () => {
    await using under = await openChatUnderTest();
    const { chat } = under;
    await chat.addPreset({ name: 'Terse', options: { seed: 1, top_k: 2 } });
    const presets = [
      { name: ' Terse ', options: { top_k: 2, seed: 1 } },
      { name: 'Kind', system: 'Be kind.' },
      { name: 'Kind', system: 'Be kind.' },
      { name: 'Kind', system: 'Be very kind.' },
    ];
    const document = { format: 'pilotlight-conversations', version: 1, conversations: [], presets };
    const count = under.events.length;
    expect((await chat.importConversations(document)).presets).toBe(2);
    expect((await chat.importConversations(document)).presets).toBe(0);
    expect((await chat.presets()).map(({ name, system }) => [name, system])).toEqual([
      ['Kind', expect.stringMatching(/kind/)],
      ['Kind', expect.stringMatching(/kind/)],
      ['Terse', undefined],
    ]);
    expect(under.events.slice(count).map(({ type }) => type)).toEqual(['preset', 'preset']);
  });
});

function toPosted(id: string) {
  return {
    conversationId: 'c',
    messageId: id,
    text: `Question ${id}`,
    task: 'chat',
    options: {},
    priority: 'interactive' as const,
    requestId: 'r',
  };
}

describe('two tabs', () => {
  it('that change different things at once both have their way; of the same thing the last stands, and both hear of it', async () => {
    await using under = await openChatUnderTest();
    const { chat } = under;
    await answered(under, 'q1');
    await Promise.all([
      chat.change('c', { pinned: true }),
      chat.change('c', { title: 'Terns' }),
      chat.change('c', { folder: ' Sea \n birds ' }),
      chat.change('c', { settings: { system: 'x' } }),
      chat.change('c', { settings: { model: 'pilot' } }),
      chat.rename('c', 'Gulls'),
    ]);
    const view = await chat.conversation('c');
    expect(view).toMatchObject({ pinned: true, title: 'Gulls', folder: 'Sea birds', settings: { system: 'x', model: 'pilot' } });
    const last = under.events.findLast((event) => event.type === 'conversation');
    expect(last).toMatchObject({ conversation: { title: 'Gulls', pinned: true, folder: 'Sea birds' } });
  });

  it('change a conversation while its answer is written, and it goes on', async () => {
    await using under = await openChatUnderTest();
    const { chat, clock } = under;
    await under.ask('q1');
    await chat.change('c', { archived: true, pinned: true });
    under.answer().say('whole');
    under.answer().finish();
    await clock.advance(100);
    expect(under.events.at(-1)).toMatchObject({ type: 'conversation', conversation: { archived: true, pinned: true } });
    expect((await chat.conversation('c')).messages[1]).toMatchObject({ state: 'complete', content: 'whole' });
  });
});

describe('the id of a conversation', () => {
  it.each(['search', 'import', 'events', 'folders', 'export'])('is not %s, which is an address', async (id) => {
    await using under = await openChatUnderTest();
    const problem = await problemOf(under.ask('q1', { conversationId: id }));
    expect(problem).toMatchObject({ code: 'invalid_request', field: 'conversation_id' });
    expect(problem.detail).toContain(`"${id}"`);
    expect(under.answers).toHaveLength(0);
  });
});
