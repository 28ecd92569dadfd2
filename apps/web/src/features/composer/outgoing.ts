import type { Attachment, NewConversationWish, ProblemDetails } from '@pilotlight/contract';

/** A message on its way to the server. It keeps its id however often it is posted, so that it is stored once. */
export interface Outgoing {
  readonly messageId: string;
  readonly conversationId: string;
  readonly text: string;
  /** The message before it; null begins at the root; undefined: the first of a new conversation. */
  readonly parentId: string | null | undefined;
  readonly model: string | undefined;
  readonly createdAt: string;
  readonly attachments?: readonly Attachment[] | undefined;
  /** Of the chat, should this message make it. */
  readonly newConversation?: NewConversationWish | undefined;
  /** Where it was typed: the draft there is forgotten when the server has the message. */
  readonly draftOf: string | undefined;
  readonly state: OutgoingState;
}

export type OutgoingState =
  | { readonly kind: 'sending' }
  /** No answer came; it is posted again. */
  | { readonly kind: 'lost'; readonly failures: number }
  /** An answer is still being written; it is posted when that ends. */
  | { readonly kind: 'held' }
  /** The server said no. */
  | { readonly kind: 'refused'; readonly problem: ProblemDetails };

/** The outbox with the state of one message changed. */
export function setOutgoingState(outbox: readonly Outgoing[], messageId: string, state: OutgoingState): readonly Outgoing[] {
  return outbox.map((outgoing) => (outgoing.messageId === messageId ? { ...outgoing, state } : outgoing));
}

function removeOutgoing(outbox: readonly Outgoing[], messageId: string): readonly Outgoing[] {
  return outbox.filter((outgoing) => outgoing.messageId !== messageId);
}

/** Whether it goes on from a message that the server does not have yet: it can only be posted after that one. */
export function followsAnother(outbox: readonly Outgoing[], { parentId }: Outgoing): boolean {
  return outbox.some(({ messageId }) => messageId === parentId);
}

/** The outbox after the server took a message: what was written after it goes on from its answer. */
export function afterAccepted(outbox: readonly Outgoing[], messageId: string, answerId: string): readonly Outgoing[] {
  return removeOutgoing(outbox, messageId).map((outgoing) =>
    outgoing.parentId === messageId ? { ...outgoing, parentId: answerId } : outgoing,
  );
}

/** The outbox after a message was taken back: what was written after it goes on from where that one would have, and begins the chat in its place. */
export function afterTakenBack(outbox: readonly Outgoing[], messageId: string): readonly Outgoing[] {
  const taken = outbox.find((outgoing) => outgoing.messageId === messageId);
  if (taken === undefined) return outbox;
  const { parentId, newConversation } = taken;
  return removeOutgoing(outbox, messageId).map((outgoing) =>
    outgoing.parentId === messageId
      ? { ...outgoing, parentId, ...(outgoing.newConversation === undefined && newConversation !== undefined && { newConversation }) }
      : outgoing,
  );
}

/** The outbox as a reload of the page finds it: everything that was on its way starts again. */
export function restoreOutbox(text: string | undefined): readonly Outgoing[] {
  if (text === undefined) return [];
  try {
    const kept: unknown = JSON.parse(text);
    return Array.isArray(kept)
      ? kept
          .filter(isOutgoing)
          .map((outgoing) => (outgoing.state.kind === 'refused' ? outgoing : { ...outgoing, state: { kind: 'sending' } }))
      : [];
  } catch {
    return [];
  }
}

function isOutgoing(value: unknown): value is Outgoing {
  return (
    typeof value === 'object' && value !== null && 'messageId' in value && 'conversationId' in value && 'text' in value && 'state' in value
  );
}
