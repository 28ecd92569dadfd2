import type { Beginning, ChatStore } from '@pilotlight/chat';
import { describe, expect, it } from 'vitest';

import { another, COMPLETE, finish, group, question } from './testing/chat-values.ts';

const ALL = { before: undefined, limit: 50 };

/** A conversation of that id with one whole answer, last changed at that time. */
async function tell(store: ChatStore, id: string, over: Partial<Beginning> = {}): Promise<void> {
  await store.begin(question(id, { conversationId: id, ...over }));
  await store.end({ group: group(id, 1), answer: COMPLETE, atMs: over.atMs ?? 1000 });
}

async function idsOf(store: ChatStore, query: Partial<Parameters<ChatStore['list']>[0]> = {}): Promise<string[]> {
  return (await store.list({ ...ALL, ...query })).map(({ id }) => id);
}

/** What a conversation is beside its messages, what hides it, and presets. */
export function describeMetadata(current: () => ChatStore): void {
  describePlaces(current);
  describeSettings(current);
  describeHiding(current);
  describeContinuing(current);
  describePresets(current);
}

function describePlaces(current: () => ChatStore): void {
  describe('the place of a conversation', () => {
    it('is at the head of the list when it is pinned, page by page', async () => {
      const store = current();
      for (const [id, atMs] of [
        ['a', 1],
        ['b', 2],
        ['c', 3],
        ['d', 4],
      ] as const) {
        await tell(store, id, { atMs });
      }
      await store.change('a', { pinned: true });
      await store.change('c', { pinned: true });
      expect(await idsOf(store)).toEqual(['c', 'a', 'd', 'b']);
      const pages: string[][] = [];
      let before: Parameters<ChatStore['list']>[0]['before'];
      for (let page = 0; page < 4; page += 1) {
        const records = await store.list({ before, limit: 1 });
        pages.push(records.map(({ id }) => id));
        before = records.at(-1);
      }
      expect(pages).toEqual([['c'], ['a'], ['d'], ['b']]);
      expect((await store.change('c', { pinned: false }))?.conversation).toMatchObject({ pinned: false, updatedMs: 3 });
      expect(await idsOf(store)).toEqual(['a', 'd', 'c', 'b']);
    });

    it('is in one folder, or none, and in the archive or not', async () => {
      const store = current();
      await tell(store, 'a', { start: { folder: 'Birds' }, atMs: 1 });
      await tell(store, 'b', { atMs: 2 });
      await tell(store, 'c', { start: { folder: 'Art' }, atMs: 3 });
      await store.change('b', { folder: 'Birds', archived: true });
      expect(await store.folders()).toEqual([
        { name: 'Art', conversations: 1 },
        { name: 'Birds', conversations: 2 },
      ]);
      expect(await idsOf(store, { folder: 'Birds' })).toEqual(['b', 'a']);
      expect(await idsOf(store, { folder: 'Birds', archived: false })).toEqual(['a']);
      expect(await idsOf(store, { archived: true })).toEqual(['b']);
      expect(await idsOf(store, { archived: false })).toEqual(['c', 'a']);
      expect(await idsOf(store, { folder: 'Birds', before: { pinned: false, updatedMs: 2, id: 'b' } })).toEqual(['a']);
      expect(await idsOf(store, { folder: 'nothing' })).toEqual([]);
      expect((await store.change('a', { folder: null }))?.conversation.folder).toBeUndefined();
      await store.change('c', { folder: 'Birds' });
      expect(await store.folders()).toEqual([{ name: 'Birds', conversations: 2 }]);
    });

    it('changes in nothing that is not named, so that two changes at once both hold', async () => {
      const store = current();
      await tell(store, 'a', { start: { folder: 'Birds' } });
      await Promise.all([
        store.change('a', { pinned: true }),
        store.change('a', { title: 'Terns' }),
        store.change('a', { archived: true }),
      ]);
      expect((await store.details('a'))?.conversation).toMatchObject({ pinned: true, title: 'Terns', archived: true, folder: 'Birds' });
      expect(await store.change('nothing', { pinned: true })).toBeUndefined();
      expect(await store.details('nothing')).toBeUndefined();
    });
  });
}

function describeSettings(current: () => ChatStore): void {
  describe('the settings of a conversation', () => {
    it('are made with it, changed one by one, and taken away', async () => {
      const store = current();
      const settings = { model: 'pilot:latest', system: 'Be brief.', options: { temperature: 0.5, stop: ['\u0000', 'é'] } };
      await tell(store, 'a', { start: { settings } });
      expect((await store.details('a'))?.settings).toEqual(settings);
      const changed = await store.change('a', { settings: { system: null, options: { seed: 7 } } });
      expect(changed?.settings).toEqual({ model: 'pilot:latest', options: { seed: 7 } });
      expect((await store.conversation('a'))?.settings).toEqual(changed?.settings);
      expect((await store.change('a', { settings: { model: null, options: null } }))?.settings).toEqual({});
    });

    it('are those that it was made with, whatever a later message says', async () => {
      const store = current();
      await tell(store, 'a', { start: { folder: 'Birds', settings: { model: 'pilot:latest' } } });
      await store.begin(question('2', { conversationId: 'a', start: { folder: 'Art', settings: { model: 'other:latest' } } }));
      const details = await store.details('a');
      expect([details?.conversation.folder, details?.settings.model]).toEqual(['Birds', 'pilot:latest']);
    });
  });
}

function describeHiding(current: () => ChatStore): void {
  describe('a hidden conversation', () => {
    it('is nowhere, and is back as it was when it is shown again', async () => {
      const store = current();
      await tell(store, 'a', { start: { folder: 'Birds', settings: { system: 'Be kind.' } } });
      await store.change('a', { pinned: true });
      const before = await store.conversation('a');
      expect(await store.hide('a', 5000)).toBe(5000);
      expect(await store.hide('a', 6000)).toBe(5000);
      expect([await idsOf(store), await store.folders(), await store.conversation('a'), await store.details('a')]).toEqual([
        [],
        [],
        undefined,
        undefined,
      ]);
      expect(await store.search({ text: 'question', skip: 0, limit: 9 })).toEqual([]);
      expect(await store.search({ text: 'title', skip: 0, limit: 9 })).toEqual([]);
      expect([await store.message('a', 'q-a'), await store.answer('a', 'a-a')]).toEqual([undefined, undefined]);
      expect([await store.rename('a', 'x'), await store.change('a', { title: 'x' }), await store.setHead('a', 'a-a')]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      expect(await store.read({ generationId: 'g-a', from: 0, maxCharacters: 10 })).toMatchObject({ hidden: true });
      expect(await store.hidden()).toEqual([{ id: 'a', deletedMs: 5000 }]);
      expect(await store.unhide('a', 5001)).toBeUndefined();
      expect(await store.unhide('a', 5000)).toMatchObject({ id: 'a', pinned: true, folder: 'Birds' });
      expect(await store.unhide('a', 9999)).toMatchObject({ id: 'a' });
      expect(await store.conversation('a')).toEqual(before);
      expect(await store.search({ text: 'question', skip: 0, limit: 9 })).toHaveLength(1);
      expect([await store.hidden(), await store.unhide('nothing', 0), await store.hide('nothing', 1)]).toEqual([[], undefined, undefined]);
    });

    it('takes no message, known or new, and its answers can be ended', async () => {
      const store = current();
      await store.begin(question('1'));
      await store.append([group('1', 1)]);
      await store.hide('c', 5000);
      expect(await store.begin(question('1'))).toEqual({ outcome: 'deleted' });
      expect(await store.begin(question('2'))).toEqual({ outcome: 'deleted' });
      expect(await store.begin(another('3', 'q-1'))).toEqual({ outcome: 'deleted' });
      expect(await store.running()).toEqual(['g-1']);
      expect(await store.append([group('1', 3)])).toEqual(['stored']);
      expect(await store.claim('g-1')).toMatchObject({ epoch: 2, nextOffset: 5 });
      const ended = await store.end({ group: group('1', 5, { epoch: 2 }), answer: COMPLETE, atMs: 6000 });
      expect(ended).toMatchObject({ outcome: 'ended', conversation: { id: 'c' } });
      await store.unhide('c', 0);
      expect((await store.conversation('c'))?.messages[1]).toMatchObject({ state: 'complete', content: 'one two ' });
      expect((await store.begin(question('2'))).outcome).toBe('stored');
    });

    it('does not cut a page of what is found or listed short', async () => {
      const store = current();
      for (const [index, id] of ['a', 'b', 'c', 'd'].entries()) await tell(store, id, { atMs: index });
      await store.hide('d', 1);
      await store.hide('b', 2);
      expect(await idsOf(store, { limit: 2 })).toEqual(['c', 'a']);
      expect(await store.search({ text: 'question', skip: 0, limit: 2 })).toHaveLength(2);
      expect(await store.search({ text: 'title', skip: 1, limit: 2 })).toHaveLength(1);
    });

    it('is removed for good in its time, and no other is', async () => {
      const store = current();
      for (const [id, atMs] of [
        ['a', 10],
        ['b', 20],
        ['c', 30],
      ] as const) {
        await tell(store, id);
        await store.hide(id, atMs);
      }
      await tell(store, 'd');
      expect(await store.purge(20)).toEqual(['a', 'b']);
      expect(await store.purge(20)).toEqual([]);
      expect(await store.hidden()).toEqual([{ id: 'c', deletedMs: 30 }]);
      expect(await store.unhide('a', 0)).toBeUndefined();
      expect(await store.read({ generationId: 'g-a', from: 0, maxCharacters: 10 })).toBeUndefined();
      expect(await store.append([group('a', 3)])).toEqual(['missing']);
      expect(await idsOf(store)).toEqual(['d']);
      await tell(store, 'a');
      expect(await idsOf(store)).toEqual(['d', 'a']);
      expect(await store.remove('c')).toBe(true);
      expect(await store.hidden()).toEqual([]);
    });
  });
}

function describeContinuing(current: () => ChatStore): void {
  describe('an answer that goes on from another', () => {
    it('says from which, and stands beside it', async () => {
      const store = current();
      await store.begin(question('1'));
      await finish(store, '1');
      const beginning = { ...another('2', 'q-1'), question: { kind: 'same_question' as const, id: 'q-1', continues: 'a-1' } };
      expect(await store.begin(beginning)).toMatchObject({ outcome: 'stored', branch: [{ content: 'Question 1' }] });
      expect(await store.message('c', 'a-2')).toMatchObject({ parentId: 'q-1', state: 'running', continues: 'a-1' });
      expect(await store.message('c', 'a-1')).toMatchObject({ content: 'one two ', continues: undefined });
      expect([await store.message('c', 'nothing'), await store.message('d', 'a-1')]).toEqual([undefined, undefined]);
    });
  });
}

function describePresets(current: () => ChatStore): void {
  describe('presets', () => {
    const preset = (id: string, name: string, atMs = 1) => ({ id, name, settings: { system: name }, createdMs: atMs, updatedMs: atMs });

    it('are added once, listed by name, changed and removed', async () => {
      const store = current();
      expect(await store.addPreset(preset('p1', 'Terse'), 3)).toBe('stored');
      expect(await store.addPreset(preset('p1', 'Terse', 9), 3)).toBe('stored');
      expect(await store.addPreset(preset('p1', 'Other'), 3)).toBe('taken');
      expect(await store.addPreset(preset('p2', 'Kind'), 3)).toBe('stored');
      expect(await store.addPreset(preset('p0', 'Kind'), 3)).toBe('stored');
      expect(await store.addPreset(preset('p3', 'Late'), 3)).toBe('full');
      expect((await store.presets()).map(({ id }) => id)).toEqual(['p0', 'p2', 'p1']);
      expect(await store.preset('p1')).toEqual(preset('p1', 'Terse'));
      const change = { name: 'Short', settings: { system: null, model: 'pilot:latest' }, atMs: 5 };
      expect(await store.changePreset('p1', change)).toEqual({
        id: 'p1',
        name: 'Short',
        settings: { model: 'pilot:latest' },
        createdMs: 1,
        updatedMs: 5,
      });
      expect((await store.changePreset('p1', { settings: { options: { seed: 1 } }, atMs: 6 }))?.name).toBe('Short');
      expect([await store.removePreset('p1'), await store.removePreset('p1'), await store.preset('p1')]).toEqual([true, false, undefined]);
      expect(await store.changePreset('p1', { atMs: 7 })).toBeUndefined();
    });
  });
}
