import type { ConversationSettings, NewConversationWish } from '@pilotlight/contract';

/** What a chat is to be that its first message will make. */
export interface NewChat {
  readonly isTemporary: boolean;
  readonly settings: ConversationSettings;
}

export const NEW_CHAT: NewChat = { isTemporary: false, settings: {} };

/** As the first message takes it to the server; undefined: a chat like any other. The model goes with the message itself. */
export function toWish({ isTemporary, settings }: NewChat): NewConversationWish | undefined {
  const hasSettings = Object.keys(settings).length > 0;
  if (!isTemporary && !hasSettings) return undefined;
  return { ...(isTemporary ? { temporary: true } : {}), ...(hasSettings ? { settings } : {}) };
}
