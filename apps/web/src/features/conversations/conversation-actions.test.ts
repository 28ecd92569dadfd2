import type { ConversationView } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { INITIAL_STATE } from '../../app/app-state.ts';
import type { Core } from '../../app/core.ts';
import { createStore } from '../../app/store.ts';
import { createConversationActions } from './conversation-actions.ts';

const VIEW: ConversationView = { id: 'c', title: 'A', created_at: '', updated_at: '', head_id: null, messages: [] };

describe('a chat that is asked for at the start of the page and again when it is drawn', () => {
  it('is read once, and again when it is asked for later', async () => {
    const asked: PromiseWithResolvers<ConversationView>[] = [];
    const readConversation = (): Promise<ConversationView> => {
      const answer = Promise.withResolvers<ConversationView>();
      asked.push(answer);
      return answer.promise;
    };
    const store = createStore(INITIAL_STATE);
    const actions = createConversationActions({ api: { readConversation }, store } as unknown as Core, () => {});
    const both = Promise.all([actions.readOnce('c'), actions.readOnce('c')]);
    expect(asked.length).toBe(1);
    asked[0]?.resolve(VIEW);
    await both;
    expect(store.get().views['c']).toEqual(VIEW);
    void actions.readOnce('c');
    expect(asked.length).toBe(2);
  });
});
