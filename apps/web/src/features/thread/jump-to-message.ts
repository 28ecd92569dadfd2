import type { ConversationView } from '@pilotlight/contract';

import type { Core } from '../../app/core.ts';
import { toPath } from '../../app/router.ts';
import type { ConversationActions } from '../conversations/conversation-actions.ts';
import { threadOf } from './tree.ts';

/** A message to be shown, wherever it stands. */
export interface Jump {
  readonly conversationId: string;
  readonly messageId: string;
}

/** Opens the conversation of a message and brings its branch up; the thread then scrolls to it. A message that is gone leaves the conversation open. */
export async function jumpToMessage(core: Core, conversations: ConversationActions, jump: Jump): Promise<void> {
  const { store, router } = core;
  const { conversationId: id, messageId } = jump;
  store.update((state) => ({ ...state, jump }));
  router.go(toPath(id));
  if (!has(store.get().views[id], messageId)) await conversations.read(id);
  if (has(store.get().views[id], messageId) && !isShown(store.get().views[id], messageId)) await conversations.select(id, messageId);
  if (isShown(store.get().views[id], messageId)) return;
  store.update((state) => (state.jump === jump ? { ...state, jump: undefined } : state));
}

function has(view: ConversationView | undefined, messageId: string): boolean {
  return view?.messages.some(({ id }) => id === messageId) ?? false;
}

function isShown(view: ConversationView | undefined, messageId: string): boolean {
  return view !== undefined && threadOf(view.messages, view.head_id).some(({ message }) => message.id === messageId);
}
