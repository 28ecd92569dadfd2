import type { ConversationSummary } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { lastDeletion } from '../features/conversations/deletions.ts';
import { applyPageEvent, INITIAL_STATE, type AppState } from './app-state.ts';

const FINAL = '2026-11-24T09:05:00Z';

function chat(id: string, change: Partial<ConversationSummary> = {}): ConversationSummary {
  return { id, title: `Chat ${id}`, created_at: '2026-11-24T09:00:00Z', updated_at: '2026-11-24T09:00:00Z', ...change };
}

function stateWith(...conversations: ConversationSummary[]): AppState {
  return { ...INITIAL_STATE, conversations, archived: [] };
}

describe('a chat that is deleted, here or in another tab', () => {
  it('leaves the list and can be taken back until it is final', () => {
    const state = applyPageEvent(stateWith(chat('a'), chat('b')), { type: 'conversation_removed', id: 'a', final_at: FINAL });
    expect(state.conversations?.map(({ id }) => id)).toEqual(['b']);
    expect(lastDeletion(state.deletions, Date.parse('2026-11-24T09:04:59Z'))).toMatchObject({ id: 'a', title: 'Chat a' });
    expect(lastDeletion(state.deletions, Date.parse(FINAL))).toBeUndefined();
  });

  it('stands once among those that can be taken back, though the answer and the stream both tell', () => {
    const event = { type: 'conversation_removed', id: 'a', final_at: FINAL } as const;
    expect(applyPageEvent(applyPageEvent(stateWith(chat('a')), event), event).deletions).toHaveLength(1);
  });

  it('is in the list again when it is restored, and no longer to be taken back', () => {
    const removed = applyPageEvent(stateWith(chat('a')), { type: 'conversation_removed', id: 'a', final_at: FINAL });
    const state = applyPageEvent(removed, { type: 'conversation', conversation: chat('a') });
    expect(state.conversations?.map(({ id }) => id)).toEqual(['a']);
    expect(state.deletions).toEqual([]);
  });
});

describe('a chat that is archived', () => {
  it('goes from one list to the other and back', () => {
    const archived = applyPageEvent(stateWith(chat('a')), { type: 'conversation', conversation: chat('a', { archived: true }) });
    expect([archived.conversations?.length, archived.archived?.length]).toEqual([0, 1]);
    const back = applyPageEvent(archived, { type: 'conversation', conversation: chat('a') });
    expect([back.conversations?.length, back.archived?.length]).toEqual([1, 0]);
  });
});

describe('settings that another tab has changed', () => {
  it('go before what was chosen here earlier', () => {
    const view = { ...chat('a'), head_id: null, messages: [] };
    const state = { ...stateWith(chat('a')), views: { a: view }, chosenModels: { a: 'old:latest', b: 'kept:latest' } };
    const next = applyPageEvent(state, { type: 'conversation_settings', id: 'a', settings: { model: 'new:latest' } });
    expect(next.views['a']?.settings).toEqual({ model: 'new:latest' });
    expect(next.chosenModels).toEqual({ b: 'kept:latest' });
  });
});
