import type { ChatStore, NewAttachment, SearchHitRecord } from '@pilotlight/chat';
import { beforeEach, describe, expect, it } from 'vitest';

import { INDEXED_CHARACTERS } from './search-places.ts';
import { finish, question } from './testing/chat-values.ts';

interface Asked {
  readonly conversation?: string;
  readonly files: readonly string[];
  readonly text?: string;
}

function toFile(id: string, name: string, text: string | undefined): NewAttachment {
  const base = { id, name, bytes: 9, attachedMs: 1000 };
  return text === undefined
    ? { ...base, kind: 'image', mediaType: 'image/png', width: 1, height: 1, content: Uint8Array.from([0, 1]) }
    : { ...base, kind: 'text', mediaType: 'text/plain', characters: text.length, text };
}

/** What every store must find in attached files. */
export function describeAttachmentSearch(current: () => ChatStore): void {
  describe('a search in attached files', () => {
    let store: ChatStore;
    beforeEach(() => {
      store = current();
    });

    const attach = (id: string, name: string, text?: string): Promise<void> => store.attach(toFile(id, name, text));
    const find = (text: string, over: { skip?: number; limit?: number } = {}): Promise<readonly SearchHitRecord[]> =>
      store.search({ text, skip: 0, limit: 50, ...over });
    const placesOf = async (text: string): Promise<string[]> =>
      (await find(text)).map(
        ({ messageId, attachment }) => `${messageId ?? 'title'}${attachment === undefined ? '' : ` ${attachment.id}`}`,
      );

    /** A question, and a whole answer to it, below what was said last. */
    async function ask(name: string, { conversation = 'c', files, text = 'See there.' }: Asked): Promise<void> {
      const asked = question(name, { conversationId: conversation, text, title: 'Talk' });
      if (asked.question.kind !== 'question') throw new Error('no question');
      await store.begin({ ...asked, question: { ...asked.question, attachments: files } });
      await finish(store, name);
    }

    it('says in which file the words stand, by which message it was sent, and shows them', async () => {
      await attach('f', 'report.pdf', `${'Sand and water. '.repeat(1000)}A Möwe nests here.${' Sand and water.'.repeat(1000)}`);
      await ask('1', { files: ['f'] });
      const [hit, ...others] = await find('nests mowe');
      expect(others).toEqual([]);
      expect(hit).toMatchObject({
        conversation: { id: 'c' },
        messageId: 'q-1',
        role: 'user',
        createdMs: 1000,
        attachment: { id: 'f', name: 'report.pdf' },
      });
      expect(hit?.marks.map(({ start, end }) => hit.snippet.slice(start, end))).toEqual(['Möwe', 'nests']);
      expect(hit?.snippet.length).toBeLessThan(210);
    });

    it('finds a file by its name, with words of its text or without, and an image by its name alone', async () => {
      await attach('f', 'Annual report.pdf', 'Puffins are counted.');
      await attach('i', 'harbour.png');
      await ask('1', { files: ['f', 'i'] });
      expect(await find('annual')).toMatchObject([
        { attachment: { id: 'f' }, snippet: 'Annual report.pdf', marks: [{ start: 0, end: 6 }] },
      ]);
      expect(await find('report puffins')).toMatchObject([
        { attachment: { id: 'f' }, snippet: 'Puffins are counted.', marks: [{ start: 0, end: 7 }] },
      ]);
      expect(await find('harbour.png')).toMatchObject([{ messageId: 'q-1', attachment: { id: 'i', name: 'harbour.png' } }]);
      // In a row they stand in the name or in the text, not across.
      expect(await placesOf('pdf-puffins')).toEqual([]);
      expect(await placesOf('report-pdf')).toEqual(['q-1 f']);
    });

    it('finds a file once for each conversation, at the newest message that has it', async () => {
      await attach('f', 'a.txt', 'auks');
      await ask('1', { files: ['f'] });
      await ask('2', { files: ['f'] });
      await ask('3', { conversation: 'd', files: ['f'] });
      expect(await placesOf('auks')).toEqual(['q-3 f', 'q-2 f']);
    });

    it('follows every change at once, and finds no file that no message has', async () => {
      await attach('f', 'a.txt', 'auks');
      await attach('g', 'b.txt', 'skuas');
      expect(await placesOf('auks')).toEqual([]);
      await ask('1', { files: ['f'] });
      await ask('2', { conversation: 'd', files: ['f', 'g'] });
      await store.hide('d', 3000);
      expect([await placesOf('auks'), await placesOf('skuas')]).toEqual([['q-1 f'], []]);
      // What is hidden takes no place on a page.
      expect(await find('auks', { limit: 1 })).toMatchObject([{ messageId: 'q-1' }]);
      await store.unhide('d', 3000);
      expect([await placesOf('auks'), await placesOf('skuas')]).toEqual([['q-2 f', 'q-1 f'], ['q-2 g']]);
      await store.hide('d', 4000);
      await store.purge(4000);
      expect([await placesOf('auks'), await placesOf('skuas')]).toEqual([['q-1 f'], []]);
      expect(await store.sweepAttachments(9000)).toBe(1);
      await attach('g', 'b.txt', 'skuas');
      await ask('3', { files: ['g'] });
      expect(await placesOf('skuas')).toEqual(['q-3 g']);
      await attach('unused', 'c.txt', 'terns');
      await store.removeAttachment('unused');
      await attach('h', 'd.txt', 'none');
      await ask('4', { files: ['h'] });
      expect(await placesOf('terns')).toEqual([]);
    });

    it('finds what came with an import', async () => {
      await attach('f', 'a.txt', 'auks');
      const [record] = await store.attachments(['f']);
      if (record === undefined) throw new Error('no file');
      const nothing = { system: undefined, reasoning: undefined, state: undefined, model: undefined, finishReason: undefined };
      const message = { ...nothing, receipt: undefined, error: undefined, continues: undefined, createdMs: 7, parentId: null };
      await store.add({
        id: 'whole',
        title: 'Whole',
        createdMs: 5,
        updatedMs: 6,
        headId: 'm',
        pinned: false,
        archived: false,
        folder: undefined,
        settings: {},
        messages: [{ ...message, id: 'm', role: 'user', content: 'See there.', attachments: [record] }],
      });
      expect(await find('auks')).toMatchObject([{ messageId: 'm', createdMs: 7, attachment: { id: 'f' } }]);
    });

    it('searches the beginning of a text that is too long, to a bound', async () => {
      const filler = 'sand '.repeat(INDEXED_CHARACTERS / 5 - 10);
      await attach('f', 'long.txt', `${filler} puffins ${'sand '.repeat(100)} auks`);
      await ask('1', { files: ['f'] });
      expect(await placesOf('puffins')).toEqual(['q-1 f']);
      expect((await find('puffins'))[0]?.marks).toHaveLength(1);
      expect(await placesOf('auks')).toEqual([]);
    });

    it('gives messages and files in turn, after the titles, page for page', async () => {
      const names = ['1', '2', '3'];
      for (const name of names) await attach(`f${name}`, 'a.txt', 'auks');
      for (const name of names) await ask(name, { files: [`f${name}`], text: 'auks' });
      await store.rename('c', 'Auks');
      const all = await placesOf('auks');
      expect(all.map((place) => (place === 'title' ? 't' : place.includes(' ') ? 'f' : 'm')).join('')).toBe('tmmfmff');
      expect(all.filter((place) => place.includes(' '))).toEqual(['q-3 f3', 'q-2 f2', 'q-1 f1']);
      const paged: string[] = [];
      for (let skip = 0; skip < all.length; skip += 1) {
        const page = await find('auks', { skip, limit: 1 });
        paged.push(...page.map(({ messageId, attachment }) => [messageId ?? 'title', attachment?.id].filter(Boolean).join(' ')));
      }
      expect(paged).toEqual(all);
    });
  });
}
