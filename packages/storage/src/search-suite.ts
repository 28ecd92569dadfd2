import type { Beginning, ChatStore, SearchHitRecord } from '@pilotlight/chat';
import { describe, expect, it } from 'vitest';

const START = JSON.stringify([{ type: 'start' }]);

interface Talk {
  readonly title?: string;
  readonly text?: string;
  readonly answer?: string;
}

/** A conversation of that id with one question and its whole answer. */
async function tell(store: ChatStore, id: string, { title = 'Untitled', text = 'Question', answer = 'Answer' }: Talk): Promise<void> {
  const beginning: Beginning = {
    conversationId: id,
    title,
    question: { kind: 'question', id: `q-${id}`, text, parentId: undefined, system: undefined },
    answerId: `a-${id}`,
    generationId: `g-${id}`,
    fingerprint: id,
    model: undefined,
    task: 'chat',
    firstParts: { count: 1, parts: START },
    atMs: 1000,
  };
  await store.begin(beginning);
  const ending = {
    reasoning: undefined,
    state: 'complete',
    model: undefined,
    finishReason: 'stop',
    receipt: undefined,
    error: undefined,
  } as const;
  const group = { generationId: `g-${id}`, epoch: 1, firstOffset: 1, count: 1, parts: JSON.stringify([answer]) };
  await store.end({ group, answer: { ...ending, content: answer }, atMs: 2000 });
}

async function find(store: ChatStore, text: string, over: { skip?: number; limit?: number } = {}): Promise<readonly SearchHitRecord[]> {
  return store.search({ text, skip: 0, limit: 50, ...over });
}

/** The found messages; a title as the id of its conversation. */
async function idsOf(store: ChatStore, text: string): Promise<string[]> {
  return (await find(store, text)).map(({ messageId, conversation }) => messageId ?? conversation.id);
}

/** What every store must find, and what it must not stumble over. */
export function describeSearch(current: () => ChatStore): void {
  describe('a search', () => {
    it('finds questions, answers and titles, and says where the words stand', async () => {
      const store = current();
      await tell(store, 'c', { title: 'Sea birds', text: 'Where do puffins nest?', answer: 'Puffins nest in burrows on cliffs.' });
      expect(await find(store, 'nest puffins')).toMatchObject([
        {
          messageId: 'q-c',
          role: 'user',
          createdMs: 1000,
          snippet: 'Where do puffins nest?',
          marks: [
            { start: 9, end: 16 },
            { start: 17, end: 21 },
          ],
        },
        { messageId: 'a-c', role: 'assistant', snippet: 'Puffins nest in burrows on cliffs.' },
      ]);
      expect(await find(store, 'bird')).toMatchObject([
        {
          messageId: undefined,
          role: undefined,
          conversation: { id: 'c', title: 'Sea birds' },
          snippet: 'Sea birds',
          marks: [{ start: 4, end: 9 }],
        },
      ]);
    });

    it('wants all words, the last as a beginning, and looks at neither case nor accents', async () => {
      const store = current();
      await tell(store, 'a', { text: 'Die Möwe schläft', answer: 'Ja' });
      await tell(store, 'b', { text: 'The gull sleeps', answer: 'Yes' });
      expect(await idsOf(store, 'mowe')).toEqual(['q-a']);
      expect(await idsOf(store, 'MÖWE schl')).toEqual(['q-a']);
      expect(await idsOf(store, 'schl Möwe')).toEqual([]);
      expect(await idsOf(store, 'gull')).toEqual(['q-b']);
      expect(await idsOf(store, 'gull nothing')).toEqual([]);
    });

    it('wants what is written in one, such as e-mail, to stand in a row, the end of it as a beginning', async () => {
      const store = current();
      await tell(store, 'a', { text: 'Send an e-mail to the harbour', answer: 'no' });
      await tell(store, 'b', { text: 'mail with the letter e, or e with mail', answer: 'no' });
      expect(await idsOf(store, 'e-mail')).toEqual(['q-a']);
      expect(await idsOf(store, 'e-ma')).toEqual(['q-a']);
      expect(await idsOf(store, 'e-ma harbour')).toEqual([]);
      expect((await idsOf(store, 'e mail')).toSorted()).toEqual(['q-a', 'q-b']);
    });

    it('puts titles first, then what fits better', async () => {
      const store = current();
      await tell(store, 'a', { text: `A long text in which the tern is one word of very many: ${'sand '.repeat(300)}`, answer: 'no' });
      await tell(store, 'b', { text: 'tern tern', answer: 'no' });
      await tell(store, 'c', { title: 'The tern', text: 'no', answer: 'no' });
      expect(await idsOf(store, 'tern')).toEqual(['c', 'q-b', 'q-a']);
      expect((await find(store, 'tern', { skip: 1, limit: 1 })).map(({ messageId }) => messageId)).toEqual(['q-b']);
      expect(await find(store, 'tern', { skip: 3 })).toEqual([]);
    });

    it('follows every change at once', async () => {
      const store = current();
      await tell(store, 'c', { title: 'Gulls', text: 'auks', answer: 'skuas' });
      await store.rename('c', 'Terns');
      expect(await idsOf(store, 'gulls')).toEqual([]);
      expect(await idsOf(store, 'terns')).toEqual(['c']);
      await store.remove('c');
      for (const word of ['terns', 'auks', 'skuas']) expect(await idsOf(store, word)).toEqual([]);
      await tell(store, 'c', { title: 'Again', text: 'auks', answer: 'none' });
      expect(await idsOf(store, 'auks')).toEqual(['q-c']);
    });

    it('takes nothing of a text for syntax, and no text for an error', async () => {
      const store = current();
      await tell(store, 'c', {
        text: 'a "quoted" word, col:umn, C++ and 100% of x*y AND NOT z; e-mail: o\u2019neil@example.org',
        answer: '漢字 is 漢字 😀',
      });
      const found = [
        '"quoted"',
        'quoted"',
        '"',
        'col:umn',
        'C++',
        '100%',
        'x*y',
        'AND NOT',
        'e-mail',
        'o\u2019neil',
        'example.org',
        '漢',
        'a" OR "b',
      ];
      const hits = Object.fromEntries(await Promise.all(found.map(async (text) => [text, (await idsOf(store, text)).length])));
      expect(hits).toEqual({ ...Object.fromEntries(found.map((text) => [text, 1])), '"': 0, 'a" OR "b': 0 });
      const nasty = [
        '',
        ' ',
        '\u0000',
        '*',
        '^',
        '()',
        'NEAR',
        'NEAR(a b, 3)',
        '{a b}: c',
        '-',
        '--',
        "'",
        ';',
        '\\',
        '%',
        '_',
        '\ud800',
        '\udc00x',
        '\u202e',
        '\u0301',
        'content: a',
        'message_index',
        'rank',
        "x'); DROP TABLE messages; --",
        '😀',
        '"'.repeat(500),
        '* '.repeat(250),
        'a '.repeat(250),
        'x'.repeat(500),
        '\u0000quoted',
      ];
      for (const text of nasty) expect([text, Array.isArray(await find(store, text))]).toEqual([text, true]);
      expect(await idsOf(store, '\u0000quoted')).toEqual(['q-c']);
      expect((await store.conversation('c'))?.messages).toHaveLength(2);
    });
  });
}
