import { readFile } from 'node:fs/promises';

import { Problem } from '@pilotlight/contract';
import type { ImportResult, NewPreset } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import type { ConversationRecord, NewConversation } from './chat-store.ts';
import { importConversations } from './import-conversations.ts';

const NOW = Date.UTC(2026, 0, 1);

interface Taken {
  readonly stored: readonly NewConversation[];
  readonly announced: readonly string[];
  readonly result: ImportResult;
  readonly presets: readonly NewPreset[];
}

async function take(value: unknown, add?: (conversation: NewConversation) => Promise<ConversationRecord>): Promise<Taken> {
  const stored: NewConversation[] = [];
  const announced: string[] = [];
  let count = 0;
  const store = {
    add: (conversation: NewConversation): Promise<ConversationRecord> => {
      stored.push(conversation);
      return add?.(conversation) ?? Promise.resolve({ ...conversation, runningGenerationId: undefined });
    },
  };
  const newId = (): string => `n${(count += 1)}`;
  const presets: NewPreset[] = [];
  const result = await importConversations(value, {
    store,
    nowMs: NOW,
    newId,
    attach: () => Promise.reject(new Error('no file is in it')),
    onAdded: ({ id }) => announced.push(id),
    addPresets: (some) => Promise.resolve(presets.push(...some)),
  });
  return { stored, announced, result, presets };
}

async function fixture(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(`import/fixtures/${name}.json`, import.meta.url), 'utf8'));
}

/** `role parent: content` of each message, with what else is known of it. */
function outline({ messages }: NewConversation): string[] {
  return messages.map(({ id, parentId, role, content }) => `${id} ${role} after ${parentId ?? 'nothing'}: ${content}`);
}

async function refusal(value: unknown): Promise<Problem> {
  const error = await take(value).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Problem);
  return error as Problem;
}

const message = (id: string, parentId: string | null, over: object = {}): object => ({
  id,
  parent_id: parentId,
  role: 'user',
  content: `Text ${id}`,
  ...over,
});
const own = (messages: readonly object[], over: object = {}): object => ({
  format: 'pilotlight-conversations',
  version: 1,
  conversations: [{ title: 'T', messages, ...over }],
});

describe('an export of ChatGPT', () => {
  it('keeps questions, answers and branches, and leaves out what is hidden or for tools', async () => {
    const { stored, result, announced } = await take(await fixture('chatgpt'));
    expect(result).toMatchObject({ source: 'chatgpt', imported: [{ conversation: { title: 'Sea birds' }, messages: 3 }], refused: [] });
    const [conversation] = stored;
    expect(conversation && outline(conversation)).toEqual([
      'n1 user after nothing: Which bird is this?',
      'n2 assistant after n1: An auk, perhaps.',
      'n3 assistant after n1: It is a puffin.',
    ]);
    expect(conversation).toMatchObject({ headId: 'n3', createdMs: 1_700_000_000_250, updatedMs: 1_700_000_600_500 });
    expect(conversation?.messages[2]).toMatchObject({ model: 'gpt-x', state: 'complete', createdMs: 1_700_000_005_000 });
    expect(announced).toEqual([conversation?.id]);
  });
});

describe('an export of Open WebUI', () => {
  it('keeps the thoughts apart and the system prompt with the first question', async () => {
    const { stored, result } = await take(await fixture('open-webui'));
    expect(result.source).toBe('open-webui');
    expect(stored[0]?.messages).toMatchObject([
      { role: 'user', system: 'Be brief.' },
      { role: 'assistant', content: 'It is 144.', reasoning: '12 < 13, so\n144', model: 'deep:7b' },
      { role: 'assistant', content: '144', reasoning: undefined },
    ]);
    expect(stored[0]?.headId).toBe(stored[0]?.messages[1]?.id);
  });

  it('takes thousands of openings without an end for text, quickly', async () => {
    const content = '<details type="reasoning">'.repeat(30_000);
    const chat = { history: { messages: { a: { role: 'user', content } } } };
    expect((await take({ chat })).stored[0]?.messages[0]?.content).toBe(content);
  });
});

describe('an export of LibreChat', () => {
  it('is read as a tree', async () => {
    const { stored, result } = await take(await fixture('librechat-tree'));
    expect(result.source).toBe('librechat');
    expect(stored[0]?.messages).toMatchObject([
      { role: 'user', system: 'You know birds.', content: 'How far do terns fly?' },
      { parentId: 'n1', content: 'Very', state: 'interrupted' },
      { parentId: 'n1', content: 'From pole to pole.', reasoning: 'Far.', state: 'complete' },
    ]);
  });

  it('is read as a list, and however deep it is nested', async () => {
    const flat = {
      conversationId: 'x',
      title: 'Flat',
      messages: [
        { messageId: 'a', parentMessageId: '00000000-0000-0000-0000-000000000000', isCreatedByUser: true, text: 'Q' },
        { messageId: 'b', parentMessageId: 'a', isCreatedByUser: false, text: 'A' },
      ],
    };
    expect((await take(flat)).stored.map(outline)).toEqual([['n1 user after nothing: Q', 'n2 assistant after n1: A']]);
    let deep: object = { messageId: 'end', isCreatedByUser: true, text: 'end', children: [] };
    for (let index = 0; index < 5000; index += 1) deep = { messageId: `m${index}`, isCreatedByUser: true, text: 'x', children: [deep] };
    expect((await take({ conversationId: 'x', messages: [deep] })).stored[0]?.messages).toHaveLength(5001);
  });
});

describe('an export of our own', () => {
  it('keeps what is known of an answer, but not that it is being written', async () => {
    const error = { code: 'engine_died', title: 'T', detail: 'D', remedy: 'R' };
    const { stored } = await take(
      own([
        message('q', null, { system: 'Be kind.' }),
        message('a', 'q', {
          role: 'assistant',
          state: 'failed',
          error,
          finish_reason: 'odd',
          receipt: { model: 1 },
          model: 'pilot:latest',
        }),
        message('b', 'q', { role: 'assistant', state: 'running' }),
      ]),
    );
    expect(stored[0]?.messages).toMatchObject([
      { role: 'user', system: 'Be kind.', state: undefined },
      { state: 'failed', error, finishReason: undefined, receipt: undefined, model: 'pilot:latest' },
      { state: 'interrupted' },
    ]);
  });

  it('cleans texts, titles and times, and takes new ids', async () => {
    const { stored } = await take(
      own(
        [message('../../x', null, { content: 'a\u0000\u001b[2J\r\nb\ud800\tc', created_at: '2999-01-01T00:00:00Z', model: '../x y\n' })],
        {
          title: ` \u0007${'x'.repeat(500)}\n `,
          created_at: 'never',
        },
      ),
    );
    expect(stored[0]).toMatchObject({ createdMs: NOW, updatedMs: NOW, title: 'x'.repeat(100) });
    expect(stored[0]?.messages[0]).toMatchObject({ id: 'n1', content: 'a[2J\nb\ufffd\tc', createdMs: NOW });
  });

  it('passes over roles that are none of ours, and carries a system prompt on to the next question', async () => {
    const { stored } = await take(
      own([
        message('s', null, { role: 'system', content: 'Be brief.' }),
        message('t', 's', { role: 'tool', content: 'output' }),
        message('q', 't'),
        message('x', 'q', { role: 'administrator', content: 'obey' }),
        message('a', 'x', { role: 'assistant' }),
      ]),
    );
    expect(stored[0] && outline(stored[0])).toEqual(['n1 user after nothing: Text q', 'n2 assistant after n1: Text a']);
    expect(stored[0]?.messages[0]?.system).toBe('Be brief.');
  });
});

describe('what cannot be imported', () => {
  const answer = message('a', 'q', { role: 'assistant' });
  it.each([
    ['a circle', own([message('q', 'a'), answer]), /in a circle/],
    ['a circle beside a tree', own([message('r', null), message('q', 'a'), answer]), /in a circle/],
    ['a message that is its own parent', own([message('q', 'q')]), /in a circle/],
    ['a parent that is elsewhere', own([message('q', 'c-of-somebody')]), /not in it/],
    ['two messages of the same id', own([message('q', null), message('q', null)]), /same id/],
    ['no message', own([]), /no question and no answer/],
    ['a text that is too long', own([message('q', null, { content: 'x'.repeat(1_000_001) })]), /too many/],
    ['too many messages', own(Array.from({ length: 20_001 }, (_, index) => message(`m${index}`, null))), /20001 messages/],
    ['no conversation', { format: 'pilotlight-conversations', version: 1, conversations: [] }, /no conversation in it/],
    ['a newer version', { format: 'pilotlight-conversations', version: 2 }, /version 2/],
    [
      'too many conversations',
      { format: 'pilotlight-conversations', version: 1, conversations: Array.from({ length: 2001 }, () => ({})) },
      /2001 conversations/,
    ],
    ['something else', { name: 'package' }, /no export of/],
    ['a list of anything', [1, null, 'x', [], {}], /no export of/],
    ['null', null, /no export of/],
    ['a mapping of nonsense', [{ mapping: { a: 1, b: null, c: [] } }], /no question and no answer/],
  ])('is refused with the reason: %s', async (_name, value, words) => {
    const problem = await refusal(value);
    expect([problem.code, problem.detail]).toEqual(['import_refused', expect.stringMatching(words)]);
  });

  it('does not keep the others out', async () => {
    const value = {
      ...own([]),
      conversations: [
        { title: 'Bad', messages: [message('q', 'q')] },
        { title: 'Good', messages: [message('q', null)] },
      ],
    };
    const { result } = await take(value);
    expect(result.imported).toMatchObject([{ conversation: { title: 'Good' } }]);
    expect(result.refused).toEqual([{ title: 'Bad', reason: 'Some of its messages go on from each other in a circle.' }]);
  });

  it('is said of what a full disk refused after some were stored', async () => {
    const conversations = ['A', 'B', 'C'].map((title) => ({ title, messages: [message('q', null)] }));
    const { result } = await take({ ...own([]), conversations }, (conversation) =>
      conversation.title === 'A'
        ? Promise.resolve({ ...conversation, runningGenerationId: undefined })
        : Promise.reject(new Problem('storage_unavailable', 'The disk is full.')),
    );
    expect(result.imported).toHaveLength(1);
    expect(result.refused).toEqual([
      { title: 'B', reason: 'The disk is full.' },
      { title: 'C', reason: 'The disk is full.' },
    ]);
  });
});

describe('what a conversation is beside its messages', () => {
  const settings = { model: 'pilot:latest', system: 'Be brief.', options: { seed: 1 } };

  it('comes with it: its place, its settings, and which answer goes on from which', async () => {
    const messages = [
      message('q', null),
      message('a', 'q', { role: 'assistant', state: 'stopped' }),
      message('b', 'q', { role: 'assistant', continues: 'a' }),
      message('c', 'q', { role: 'assistant', continues: 'elsewhere' }),
    ];
    const { stored } = await take(own(messages, { pinned: true, archived: true, folder: ' Sea\n birds\u0000 ', settings }));
    expect(stored[0]).toMatchObject({ pinned: true, archived: true, folder: 'Sea birds', settings });
    expect(stored[0]?.messages.map(({ continues }) => continues)).toEqual([undefined, undefined, stored[0]?.messages[1]?.id, undefined]);
  });

  it.each([
    ['settings of another shape', { settings: { options: { temperature: 99 } } }, { settings: {} }],
    ['settings with more in them', { settings: { ...settings, secret: 1 } }, { settings: {} }],
    ['settings that are a list', { settings: [1] }, { settings: {} }],
    ['a folder without a name', { folder: ' \n ' }, { folder: undefined }],
    ['a folder that is too long', { folder: 'x'.repeat(81) }, { folder: undefined }],
    ['a folder that is a number', { folder: 7 }, { folder: undefined }],
    ['marks that are no marks', { pinned: 'yes', archived: 1 }, { pinned: false, archived: false }],
    ['temporary', { temporary: true }, { pinned: false }],
  ])('is left out where it is not as it should be: %s', async (_name, over, expected) => {
    const { stored } = await take(own([message('q', null)], over));
    expect(stored[0]).toMatchObject(expected);
    expect(stored[0]).not.toHaveProperty('temporary');
  });

  it('may be presets alone; those that are not as they should be are left out', async () => {
    const presets = [
      { id: 'p', name: 'Terse', ...settings, created_at: 'x', updated_at: 'x' },
      { name: ' ' },
      { name: 'Hot', options: { temperature: 99 } },
      'nothing',
      null,
    ];
    const document = { format: 'pilotlight-conversations', version: 1, conversations: [], presets };
    const taken = await take(document);
    expect(taken.presets).toEqual([{ name: 'Terse', ...settings }]);
    expect(taken.result).toEqual({ source: 'pilotlight', imported: [], refused: [], presets: 1 });
  });
});
