import type { AnswerEnding, ChatStore } from '@pilotlight/chat';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { describeKeptValues } from './kept-values-suite.ts';
import { describeModelStore } from './model-store-suite.ts';
import { describeMetadata } from './metadata-suite.ts';
import { describeAttachmentSearch } from './attachment-search-suite.ts';
import { describeAttachments } from './attachments-suite.ts';
import type { Storage } from './open-storage.ts';
import { describeSearch } from './search-suite.ts';
import { describeWholeConversations } from './whole-conversations-suite.ts';
import { another, COMPLETE, finish, group, question, START } from './testing/chat-values.ts';

/** What every store behind `ChatStore` must do, whatever database it stands on. */
export function describeChatStore(name: string, open: () => Promise<Storage>): void {
  describe(`the chat's store, ${name}`, () => {
    let storage: Storage;
    let store: ChatStore;
    beforeEach(async () => {
      storage = await open();
      store = storage.chats;
    });
    afterEach(() => storage[Symbol.asyncDispose]());

    for (const describePart of [
      describeBeginning,
      describePlaces,
      describeSecondAnswers,
      describeLog,
      describeEnd,
      describeConversations,
    ]) {
      describePart(() => store);
    }
    describeSearch(() => store);
    describeWholeConversations(() => store);
    describeAttachments(() => store);
    describeAttachmentSearch(() => store);
    describeMetadata(() => store);
    describeModelStore(() => storage.models);
    describeKeptValues(() => storage.kept);
  });
}

function describeBeginning(current: () => ChatStore): void {
  describe('a beginning', () => {
    it('stores conversation, question, empty answer and log together', async () => {
      const result = await current().begin(question('1'));
      expect(result).toMatchObject({
        outcome: 'stored',
        epoch: 1,
        conversation: { id: 'c', title: 'Title 1', createdMs: 1000, updatedMs: 1000, headId: 'a-1', runningGenerationId: 'g-1' },
        branch: [{ id: 'q-1', role: 'user', content: 'Question 1', system: undefined, attachments: [] }],
      });
      const tree = await current().conversation('c');
      expect(tree?.messages).toMatchObject([
        { id: 'q-1', parentId: null, role: 'user', content: 'Question 1', state: undefined },
        { id: 'a-1', parentId: 'q-1', role: 'assistant', content: '', state: 'running', generationId: 'g-1' },
      ]);
      expect(await current().read({ generationId: 'g-1', from: 0, maxCharacters: 1000 })).toEqual({
        groups: [{ firstOffset: 0, count: 1, parts: START }],
        nextOffset: 1,
        closed: false,
        hidden: false,
      });
    });

    it('is known when it comes again, and a conflict when only its id does', async () => {
      const store = current();
      await store.begin(question('1'));
      const again = { ...question('1'), generationId: 'g-other', answerId: 'a-other' };
      expect(await store.begin(again)).toEqual({ outcome: 'known', questionId: 'q-1', answerId: 'a-1', generationId: 'g-1' });
      expect(await store.begin({ ...again, fingerprint: 'f-other' })).toEqual({ outcome: 'conflict' });
      expect((await store.conversation('c'))?.messages).toHaveLength(2);
    });

    it('does not take the id of an answer for a question', async () => {
      const store = current();
      await store.begin(question('1'));
      const beginning = question('2');
      expect(await store.begin({ ...beginning, question: { ...beginning.question, id: 'a-1' } })).toEqual({ outcome: 'conflict' });
    });
  });
}

function describePlaces(current: () => ChatStore): void {
  describe('a question', () => {
    it('goes on from the head, from any message of the conversation, or from a new root', async () => {
      const store = current();
      await store.begin(question('1'));
      await finish(store, '1');
      await store.begin(question('2'));
      await finish(store, '2');
      const beside = await store.begin(question('3', { parentId: 'a-1' }));
      await finish(store, '3');
      await store.begin(question('4', { parentId: null }));
      const parents = (await store.conversation('c'))?.messages.map(({ id, parentId }) => [id, parentId]);
      expect(parents).toEqual([
        ['q-1', null],
        ['a-1', 'q-1'],
        ['q-2', 'a-1'],
        ['a-2', 'q-2'],
        ['q-3', 'a-1'],
        ['a-3', 'q-3'],
        ['q-4', null],
        ['a-4', 'q-4'],
      ]);
      expect(beside.outcome === 'stored' && beside.branch.map(({ content }) => content)).toEqual(['Question 1', 'one two ', 'Question 3']);
    });

    it('refuses a parent that is not in the conversation', async () => {
      const store = current();
      await store.begin(question('1'));
      expect(await store.begin(question('2', { parentId: 'nothing' }))).toEqual({ outcome: 'message_missing' });
      expect(await store.begin(question('3', { conversationId: 'd', parentId: 'a-1' }))).toEqual({ outcome: 'message_missing' });
      expect(await store.conversation('d')).toBeUndefined();
    });

    it('allows one running answer at each place', async () => {
      const store = current();
      await store.begin(question('1'));
      const busy = { outcome: 'busy', generationId: 'g-1' };
      expect(await store.begin(question('2'))).toEqual(busy);
      expect(await store.begin(question('2', { parentId: null }))).toEqual(busy);
      expect(await store.begin(another('2', 'q-1'))).toEqual(busy);
      await finish(store, '1');
      expect((await store.begin(question('2'))).outcome).toBe('stored');
      expect((await store.begin(question('3', { parentId: null }))).outcome).toBe('stored');
      expect((await store.begin(another('4', 'q-1'))).outcome).toBe('stored');
    });
  });
}

function describeSecondAnswers(current: () => ChatStore): void {
  describe('another answer', () => {
    it('stands beside the first', async () => {
      const store = current();
      await store.begin(question('1', { model: 'pilot:latest', task: 'code' }));
      await finish(store, '1');
      expect(await store.answer('c', 'a-1')).toEqual({ questionId: 'q-1', model: 'pilot:latest', task: 'code' });
      expect(await store.answer('other', 'a-1')).toBeUndefined();
      expect(await store.answer('c', 'q-1')).toBeUndefined();
      const result = await store.begin(another('2', 'q-1'));
      expect(result).toMatchObject({ outcome: 'stored', conversation: { headId: 'a-2' }, branch: [{ content: 'Question 1' }] });
      expect(await store.begin({ ...another('2', 'q-1'), answerId: 'a-other' })).toMatchObject({ outcome: 'known', answerId: 'a-2' });
      expect(await store.begin(another('3', 'a-1'))).toEqual({ outcome: 'message_missing' });
    });

    it('keeps the system prompt with the question, and gives the first one to a new root', async () => {
      const store = current();
      await store.begin(question('1', { system: 'Be brief.' }));
      await finish(store, '1');
      const root = await store.begin(question('2', { parentId: null }));
      expect(root.outcome === 'stored' && root.branch).toEqual([
        { id: 'q-2', role: 'user', content: 'Question 2', system: 'Be brief.', attachments: [] },
      ]);
    });
  });
}

function describeLog(current: () => ChatStore): void {
  describe('a log', () => {
    it('takes groups in order and gives them back from any offset', async () => {
      const store = current();
      await store.begin(question('1'));
      expect(await store.append([group('1', 1), group('1', 3, { parts: '["three "]' })])).toEqual(['stored', 'stored']);
      const starts = [];
      for (let from = 0; from <= 4; from += 1) {
        const page = await store.read({ generationId: 'g-1', from, maxCharacters: 1000 });
        starts.push(page?.groups.map(({ firstOffset }) => firstOffset));
      }
      expect(starts).toEqual([[0, 1, 3], [1, 3], [1, 3], [3], []]);
    });

    it('gives a page at a time', async () => {
      const store = current();
      await store.begin(question('1'));
      await store.append([group('1', 1), group('1', 3)]);
      const page = await store.read({ generationId: 'g-1', from: 0, maxCharacters: 1 });
      expect(page).toMatchObject({ groups: [{ firstOffset: 0 }], nextOffset: 5 });
    });

    it('refuses a gap, a repetition, a stale writer and a missing generation, and stores the others of the call', async () => {
      const store = current();
      await store.begin(question('1'));
      await store.begin(question('2', { conversationId: 'd' }));
      const groups = [group('1', 2), group('1', 0), group('1', 1, { epoch: 0 }), group('nothing', 1), group('2', 1), group('1', 1)];
      expect(await store.append(groups)).toEqual(['stale', 'stale', 'stale', 'missing', 'stored', 'stored']);
      expect(await store.read({ generationId: 'g-1', from: 0, maxCharacters: 1000 })).toMatchObject({ nextOffset: 3 });
    });

    it('refuses the former writer once it is taken over', async () => {
      const store = current();
      await store.begin(question('1'));
      await store.append([group('1', 1)]);
      expect(await store.running()).toEqual(['g-1']);
      expect(await store.claim('g-1')).toEqual({ epoch: 2, nextOffset: 3, conversationId: 'c' });
      expect(await store.append([group('1', 3)])).toEqual(['stale']);
      expect(await store.end({ group: group('1', 3), answer: COMPLETE, atMs: 2000 })).toEqual({ outcome: 'stale' });
      expect(await store.append([group('1', 3, { epoch: 2 })])).toEqual(['stored']);
    });

    it('keeps every character', async () => {
      const store = current();
      const parts = JSON.stringify(['a\u0000b', '😀', '\u2028"\\', 'é\n']);
      await store.begin(question('1', { text: 'a\u0000😀\n' }));
      await store.append([group('1', 1, { parts })]);
      expect((await store.read({ generationId: 'g-1', from: 1, maxCharacters: 10 }))?.groups[0]?.parts).toBe(parts);
      expect((await store.conversation('c'))?.messages[0]?.content).toBe('a\u0000😀\n');
    });
  });
}

function describeEnd(current: () => ChatStore): void {
  describe('an end', () => {
    it('closes the log and writes the answer together', async () => {
      const store = current();
      await store.begin(question('1'));
      const error = { code: 'engine_died', title: 'T', detail: 'D', remedy: 'R' };
      const answer: AnswerEnding = { ...COMPLETE, reasoning: 'why', state: 'failed', error };
      const result = await store.end({ group: group('1', 1), answer, atMs: 2000 });
      expect(result).toMatchObject({ outcome: 'ended', conversation: { updatedMs: 2000, runningGenerationId: undefined } });
      expect((await store.conversation('c'))?.messages[1]).toMatchObject({
        content: 'one two ',
        reasoning: 'why',
        state: 'failed',
        model: 'pilot:latest',
        finishReason: 'stop',
        error,
      });
      expect(await store.read({ generationId: 'g-1', from: 3, maxCharacters: 10 })).toEqual({
        groups: [],
        nextOffset: 3,
        closed: true,
        hidden: false,
      });
      expect(await store.running()).toEqual([]);
    });

    it('comes once', async () => {
      const store = current();
      await store.begin(question('1'));
      await finish(store, '1');
      expect(await store.end({ group: group('1', 3), answer: { ...COMPLETE, content: 'other' }, atMs: 3000 })).toEqual({
        outcome: 'stale',
      });
      expect(await store.append([group('1', 3)])).toEqual(['stale']);
      expect(await store.claim('g-1')).toBeUndefined();
      expect((await store.conversation('c'))?.messages[1]?.content).toBe('one two ');
    });
  });
}

function describeConversations(current: () => ChatStore): void {
  describe('conversations', () => {
    it('are listed by their last change, page by page', async () => {
      const store = current();
      for (const [name, atMs] of [
        ['b', 1],
        ['a', 1],
        ['d', 3],
        ['c', 2],
      ] as const) {
        await store.begin(question(name, { conversationId: name, atMs }));
      }
      const first = await store.list({ before: undefined, limit: 2 });
      expect(first.map(({ id }) => id)).toEqual(['d', 'c']);
      const second = await store.list({ before: { pinned: false, updatedMs: 2, id: 'c' }, limit: 2 });
      expect(second.map(({ id }) => id)).toEqual(['b', 'a']);
      expect(await store.list({ before: { pinned: false, updatedMs: 1, id: 'a' }, limit: 2 })).toEqual([]);
    });

    it('are renamed without moving in the list', async () => {
      const store = current();
      await store.begin(question('1'));
      expect(await store.rename('c', 'Other')).toMatchObject({ title: 'Other', updatedMs: 1000 });
      expect(await store.rename('nothing', 'Other')).toBeUndefined();
    });

    it('show the branch that is chosen', async () => {
      const store = current();
      await store.begin(question('1'));
      await finish(store, '1');
      await store.begin(another('2', 'q-1'));
      expect(await store.setHead('c', 'a-1')).toMatchObject({ headId: 'a-1' });
      expect(await store.setHead('c', 'nothing')).toBeUndefined();
      expect(await store.setHead('d', 'a-1')).toBeUndefined();
      expect((await store.conversation('c'))?.conversation.headId).toBe('a-1');
    });

    it('are removed with everything, and their ids are free again', async () => {
      const store = current();
      await store.begin(question('1'));
      await store.append([group('1', 1)]);
      await store.begin(question('2', { conversationId: 'd' }));
      expect(await store.remove('c')).toBe(true);
      expect(await store.remove('c')).toBe(false);
      expect(await store.conversation('c')).toBeUndefined();
      expect(await store.read({ generationId: 'g-1', from: 0, maxCharacters: 10 })).toBeUndefined();
      expect(await store.append([group('1', 3)])).toEqual(['missing']);
      expect(await store.end({ group: group('1', 3), answer: COMPLETE, atMs: 1 })).toEqual({ outcome: 'missing' });
      expect(await store.running()).toEqual(['g-2']);
      expect((await store.begin(question('1'))).outcome).toBe('stored');
    });

    it('take a hundred calls at once', async () => {
      const store = current();
      const names = Array.from({ length: 100 }, (_, index) => `n${index}`);
      const results = await Promise.all(names.map((name) => store.begin(question(name, { conversationId: name }))));
      expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['stored']));
      expect(await store.list({ before: undefined, limit: 200 })).toHaveLength(100);
    });
  });
}
