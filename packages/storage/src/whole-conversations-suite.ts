import type { ChatStore, NewConversation, NewMessage } from '@pilotlight/chat';
import { describe, expect, it } from 'vitest';

import { question } from './testing/chat-values.ts';

const NOTHING = {
  system: undefined,
  reasoning: undefined,
  state: undefined,
  model: undefined,
  finishReason: undefined,
  receipt: undefined,
  error: undefined,
  continues: undefined,
};

function message(id: string, parentId: string | null, over: Partial<NewMessage> = {}): NewMessage {
  return { ...NOTHING, id, parentId, role: 'user', content: `Text ${id}`, createdMs: 500, ...over };
}

function conversation(over: Partial<NewConversation> = {}): NewConversation {
  const error = { code: 'engine_died', title: 'T', detail: 'D', remedy: 'R' };
  const messages = [
    message('q', null, { system: 'Be kind.' }),
    message('a', 'q', { role: 'assistant', state: 'failed', model: 'pilot:latest', reasoning: 'why', error }),
    message('b', 'q', { role: 'assistant', state: 'complete', finishReason: 'stop', continues: 'a' }),
  ];
  const place = { pinned: true, archived: true, folder: 'Birds', settings: { model: 'pilot:latest', options: { seed: 7 } } };
  return { id: 'c', title: 'Whole', createdMs: 400, updatedMs: 600, headId: 'b', ...place, messages, ...over };
}

/** A conversation that comes from elsewhere is stored as one that was held here. */
export function describeWholeConversations(current: () => ChatStore): void {
  describe('a whole conversation', () => {
    it('is stored with all that is known of it, listed and searched', async () => {
      const store = current();
      const whole = conversation();
      expect(await store.add(whole)).toEqual({
        id: 'c',
        title: 'Whole',
        createdMs: 400,
        updatedMs: 600,
        headId: 'b',
        pinned: true,
        archived: true,
        folder: 'Birds',
        runningGenerationId: undefined,
      });
      expect((await store.details('c'))?.settings).toEqual(whole.settings);
      expect((await store.conversation('c'))?.messages).toEqual(whole.messages.map((one) => ({ ...one, generationId: undefined })));
      expect(await store.list({ before: undefined, limit: 9 })).toHaveLength(1);
      expect((await store.search({ text: 'text b', skip: 0, limit: 9 })).map(({ messageId }) => messageId)).toEqual(['b']);
      expect(await store.remove('c')).toBe(true);
    });

    it('can be gone on with, and its questions answered again', async () => {
      const store = current();
      await store.add(conversation());
      expect(await store.answer('c', 'a')).toEqual({ questionId: 'q', model: undefined, task: 'chat' });
      expect(await store.answer('c', 'q')).toBeUndefined();
      const result = await store.begin(question('1'));
      expect(result.outcome === 'stored' && result.branch.map(({ content, system }) => [content, system])).toEqual([
        ['Text q', 'Be kind.'],
        ['Text b', undefined],
        ['Question 1', undefined],
      ]);
      expect(
        await store.begin({ ...question('2'), question: { kind: 'question', id: 'q', text: 'x', parentId: 'b', system: undefined } }),
      ).toEqual({
        outcome: 'conflict',
      });
    });

    it('is there whole or not at all', async () => {
      const store = current();
      const broken = conversation({ messages: [message('q', null), message('a', 'nothing')] });
      await expect(store.add(broken)).rejects.toThrow(/refused a statement/);
      expect(await store.conversation('c')).toBeUndefined();
      await store.add(conversation());
      await expect(store.add(conversation({ id: 'd' }))).rejects.toThrow(/refused a statement/);
      expect(await store.conversation('d')).toBeUndefined();
    });
  });
}
