import type { ConversationView, MessageView } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { INITIAL_STATE } from '../../app/app-state.ts';
import type { Core } from '../../app/core.ts';
import { createStore } from '../../app/store.ts';
import type { ConversationActions } from '../conversations/conversation-actions.ts';
import { jumpToMessage } from './jump-to-message.ts';

const at = '2026-11-24T09:00:00Z';

function question(id: string): MessageView {
  return { id, parent_id: null, role: 'user', content: id, created_at: at };
}

/** Two versions of a first question, the second of which is shown. */
const VIEW: ConversationView = {
  id: 'c',
  title: 'T',
  created_at: at,
  updated_at: at,
  head_id: 'q2',
  messages: [question('q1'), question('q2')],
};

function createBench({ known, atServer }: { readonly known?: ConversationView; readonly atServer?: ConversationView }) {
  const store = createStore({ ...INITIAL_STATE, views: known === undefined ? {} : { c: known } });
  const done: string[] = [];
  const show = (view: ConversationView | undefined): void => {
    if (view !== undefined) store.update((state) => ({ ...state, views: { ...state.views, c: view } }));
  };
  const actions: Pick<ConversationActions, 'read' | 'select'> = {
    read: (id) => Promise.resolve(void done.push(`read ${id}`)).then(() => show(atServer)),
    select: (id, messageId) =>
      Promise.resolve(void done.push(`select ${id} ${messageId}`)).then(() => show(atServer && { ...atServer, head_id: messageId })),
  };
  const core = { store, router: { go: (path: string) => done.push(`go ${path}`) } } as unknown as Core;
  return {
    store,
    done,
    jump: (messageId: string) => jumpToMessage(core, actions as ConversationActions, { conversationId: 'c', messageId }),
  };
}

describe('jumpToMessage', () => {
  it('asks the server for nothing if the message is shown', async () => {
    const { store, done, jump } = createBench({ known: VIEW });
    await jump('q2');
    expect(done).toEqual(['go /c/c']);
    expect(store.get().jump).toEqual({ conversationId: 'c', messageId: 'q2' });
  });

  it('brings up the branch of a message that stands on another', async () => {
    const { store, done, jump } = createBench({ atServer: VIEW });
    await jump('q1');
    expect(done).toEqual(['go /c/c', 'read c', 'select c q1']);
    expect(store.get().jump?.messageId).toBe('q1');
  });

  it('reads a chat again that has grown elsewhere', async () => {
    const { done, jump } = createBench({ known: { ...VIEW, head_id: 'q1', messages: [question('q1')] }, atServer: VIEW });
    await jump('q2');
    expect(done).toEqual(['go /c/c', 'read c']);
  });

  it('forgets the jump if the message or the server is gone', async () => {
    for (const bench of [createBench({ known: VIEW, atServer: VIEW }), createBench({})]) {
      await bench.jump('q9');
      expect(bench.done).toEqual(['go /c/c', 'read c']);
      expect(bench.store.get().jump).toBeUndefined();
    }
  });
});
