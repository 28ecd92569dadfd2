import type { ChatStore, NewAttachment } from '@pilotlight/chat';
import { beforeEach, describe, expect, it } from 'vitest';

import { another, finish, question } from './testing/chat-values.ts';

function text(id: string, over: Partial<NewAttachment> = {}): NewAttachment {
  return {
    id,
    name: `${id}.txt`,
    kind: 'text',
    mediaType: 'text/plain',
    bytes: 9,
    characters: 7,
    attachedMs: 1000,
    text: 'Tøxt “1”',
    ...over,
  };
}

const PIXELS = Uint8Array.from([0, 255, 128, 10, 0]);

function image(id: string): NewAttachment {
  return { id, name: 'a.png', kind: 'image', mediaType: 'image/png', bytes: 5, width: 3, height: 2, attachedMs: 1000, content: PIXELS };
}

function toRecord({ text: _text, content: _content, ...record }: NewAttachment) {
  return record;
}

/** Files that are attached to questions, and summaries. */
export function describeAttachments(current: () => ChatStore): void {
  describe('attachments', () => {
    let store: ChatStore;
    beforeEach(() => {
      store = current();
    });

    it('are kept as they came, and given to prompts as what a model reads', async () => {
      const pdf: NewAttachment = { ...text('p', { kind: 'pdf', text: 'read', pages: 3, pagesRead: 2 }), content: PIXELS };
      for (const attachment of [text('t'), image('i'), pdf]) await store.attach(attachment);
      expect(await store.attachments(['i', 'none', 't', 'p'])).toEqual([image('i'), text('t'), pdf].map(toRecord));
      expect(await store.promptContents(['p', 'none', 'i', 't'])).toEqual([
        { id: 'p', text: 'read' },
        { id: 'i', image: PIXELS },
        { id: 't', text: 'Tøxt “1”' },
      ]);
      expect(await store.attachmentContent('i')).toEqual(PIXELS);
      expect(await store.attachmentContent('p')).toEqual(PIXELS);
      expect(new TextDecoder().decode(await store.attachmentContent('t'))).toBe('Tøxt “1”');
      expect(await store.attachmentContent('none')).toBeUndefined();
    });

    it('stand with their question, in their order, wherever it is read', async () => {
      await store.attach(text('t'));
      await store.attach(image('i'));
      const asked = question('1');
      if (asked.question.kind !== 'question') throw new Error('no question');
      const result = await store.begin({ ...asked, question: { ...asked.question, attachments: ['i', 't'] } });
      const records = [image('i'), text('t')].map(toRecord);
      expect(result).toMatchObject({ outcome: 'stored', branch: [{ id: 'q-1', attachments: records }] });
      await finish(store, '1');
      expect((await store.conversation('c'))?.messages.map(({ attachments }) => attachments)).toEqual([records, undefined]);
      expect((await store.message('c', 'q-1'))?.attachments).toEqual(records);
      const later = await store.begin(question('2', { atMs: 3000 }));
      expect(later.outcome === 'stored' && later.branch.map(({ id, attachments }) => [id, attachments.length])).toEqual([
        ['q-1', 2],
        ['a-1', 0],
        ['q-2', 0],
      ]);
      await finish(store, '2');
      expect(await store.begin(another('3', 'q-1'))).toMatchObject({ outcome: 'stored', branch: [{ id: 'q-1', attachments: records }] });
    });

    it('that are not there let nothing of the question be stored', async () => {
      await store.attach(text('t'));
      const asked = question('1');
      if (asked.question.kind !== 'question') throw new Error('no question');
      const result = await store.begin({ ...asked, question: { ...asked.question, attachments: ['t', 'none'] } });
      expect(result).toEqual({ outcome: 'attachment_missing', id: 'none' });
      expect(await store.conversation('c')).toBeUndefined();
    });

    it('are removed only while nothing refers to them, and swept when they are old', async () => {
      for (const id of ['used', 'old', 'young', 'again']) await store.attach(text(id));
      await store.attach(text('young', { attachedMs: 6000 }));
      await store.attach(text('again', { attachedMs: 500 }));
      const asked = question('1');
      if (asked.question.kind !== 'question') throw new Error('no question');
      await store.begin({ ...asked, question: { ...asked.question, attachments: ['used'] } });
      await finish(store, '1');
      expect(await store.removeAttachment('used')).toBe('in_use');
      expect(await store.removeAttachment('none')).toBe('missing');
      expect(await store.removeAttachment('again')).toBe('removed');
      expect(await store.sweepAttachments(5000)).toBe(1);
      expect((await store.attachments(['used', 'old', 'young', 'again'])).map(({ id }) => id)).toEqual(['used', 'young']);
      await store.hide('c', 4000);
      expect(await store.sweepAttachments(5000)).toBe(0);
      await store.purge(4000);
      expect(await store.sweepAttachments(5000)).toBe(1);
      expect(await store.attachments(['used'])).toEqual([]);
    });
  });

  describe('summaries', () => {
    it('are kept by the message that they end with, the newest, until the conversation goes', async () => {
      const store = current();
      await store.begin(question('1'));
      await finish(store, '1');
      const summary = { conversationId: 'c', untilId: 'a-1', text: 'First.', model: 'pilot:latest', atMs: 5 };
      await store.keepSummary(summary);
      await store.keepSummary({ ...summary, text: 'Better.' });
      await store.keepSummary({ ...summary, untilId: 'none' });
      await store.keepSummary({ ...summary, untilId: 'q-1', conversationId: 'other' });
      expect(await store.summaries('c')).toEqual([{ untilId: 'a-1', text: 'Better.', model: 'pilot:latest' }]);
      expect(await store.summaries('other')).toEqual([]);
      await store.remove('c');
      expect(await store.summaries('c')).toEqual([]);
    });
  });

  describe('a title that nobody has given', () => {
    it('is replaced only while it stands as it was', async () => {
      const store = current();
      await store.begin(question('1'));
      expect(await store.retitle('c', 'Another', 'Birds')).toBeUndefined();
      expect(await store.retitle('c', 'Title 1', 'Birds')).toMatchObject({ id: 'c', title: 'Birds', updatedMs: 1000 });
      expect(await store.retitle('c', 'Title 1', 'Fish')).toBeUndefined();
      expect((await store.search({ text: 'birds', skip: 0, limit: 9 })).map(({ messageId }) => messageId)).toEqual([undefined]);
      expect(await store.retitle('none', 'Title 1', 'Fish')).toBeUndefined();
    });
  });
}
