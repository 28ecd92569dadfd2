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

export function removeOutgoing(outbox: readonly Outgoing[], messageId: string): readonly Outgoing[] {
  return outbox.filter((outgoing) => outgoing.messageId !== messageId);
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
