import type { ConversationSettings, Receipt } from '@pilotlight/contract';

import type { AnswerError, MessageState } from '../chat-store.ts';

/** A file that was attached, its bytes in base64. */
export interface ForeignAttachment {
  readonly name: string;
  readonly content: string;
}

/** A message as a file has it: nothing in it is trusted yet. */
export interface ForeignMessage {
  readonly key: string;
  readonly parentKey: string | null;
  readonly role: string;
  readonly text: string;
  readonly createdMs?: number | undefined;
  readonly model?: string | undefined;
  readonly reasoning?: string | undefined;
  /** Of a question: from here on. */
  readonly system?: string | undefined;
  readonly state?: Exclude<MessageState, 'running'> | undefined;
  readonly finishReason?: string | undefined;
  readonly receipt?: Receipt | undefined;
  readonly error?: AnswerError | undefined;
  readonly attachments?: readonly ForeignAttachment[] | undefined;
  /** Of an answer that goes on from another: that one. */
  readonly continuesKey?: string | undefined;
}

/** A conversation as a file has it. */
export interface ForeignConversation {
  readonly title: string;
  readonly createdMs?: number | undefined;
  readonly updatedMs?: number | undefined;
  /** The last message of the branch that was shown. */
  readonly headKey?: string | undefined;
  readonly system?: string | undefined;
  readonly pinned?: boolean | undefined;
  readonly archived?: boolean | undefined;
  readonly folder?: string | undefined;
  readonly settings?: ConversationSettings | undefined;
  readonly messages: readonly ForeignMessage[];
}
