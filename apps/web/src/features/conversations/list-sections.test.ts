import type { ConversationSummary } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { toSections } from './list-sections.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');

function chat(id: string, change: Partial<ConversationSummary> = {}): ConversationSummary {
  return { id, title: id, created_at: '2026-11-24T09:00:00Z', updated_at: '2026-11-24T09:00:00Z', ...change };
}

describe('the list of chats', () => {
  it('has what is pinned first, then folders by name, then days, each chat once', () => {
    const chats = [chat('a'), chat('b', { pinned: true, folder: 'Work' }), chat('c', { folder: 'Work' }), chat('d', { folder: 'Home' })];
    const { pinned, folders, days } = toSections(chats, ['Work'], NOW);
    expect(pinned.map(({ id }) => id)).toEqual(['b']);
    expect(folders.map(({ name, conversations }) => [name, conversations.map(({ id }) => id)])).toEqual([
      ['Home', ['d']],
      ['Work', ['c']],
    ]);
    expect(days.flatMap(({ conversations }) => conversations.map(({ id }) => id))).toEqual(['a']);
  });

  it('shows a folder whose chats are further down than the list was read', () => {
    expect(toSections([], ['Old'], NOW).folders).toEqual([{ name: 'Old', conversations: [] }]);
  });
});
