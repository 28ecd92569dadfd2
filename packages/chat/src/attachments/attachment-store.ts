import type { Attachment } from '@pilotlight/contract';

/** Where attached files and summaries are kept: a part of the chat's store, held to the same rules. */
export interface AttachmentStore {
  /** Keeps a file. One with the same id stays, and counts as attached at this time. Durable. */
  attach(attachment: NewAttachment): Promise<void>;
  /** What is known of these, in the order of the ids; those that are not there are left out. */
  attachments(ids: readonly string[]): Promise<readonly AttachmentRecord[]>;
  /** What goes into a prompt: the text, or the bytes of an image. In the order of the ids; those that are not there are left out. */
  promptContents(ids: readonly string[]): Promise<readonly PromptContent[]>;
  /** The file as it came. Undefined: it is not there. */
  attachmentContent(id: string): Promise<Uint8Array | undefined>;
  /** `in_use`: a message refers to it. Durable. */
  removeAttachment(id: string): Promise<'removed' | 'missing' | 'in_use'>;
  /** Removes those that no message refers to, hidden ones counted, and that were attached before; resolves with their number. Durable. */
  sweepAttachments(beforeMs: number): Promise<number>;
  /** The summaries of a conversation, in no order. */
  summaries(conversationId: string): Promise<readonly SummaryRecord[]>;
  /** Keeps the summary of all up to and with a message; a former one of the same message goes. Nothing is kept of a conversation that is not there. Durable. */
  keepSummary(summary: NewSummary): Promise<void>;
}

/** What is known of an attached file. */
export interface AttachmentRecord extends Omit<Attachment, 'media_type' | 'pages_read' | 'content'> {
  readonly mediaType: string;
  readonly pagesRead?: number | undefined;
  readonly attachedMs: number;
}

export interface NewAttachment extends AttachmentRecord {
  /** What a model is given of it; absent for images. */
  readonly text?: string | undefined;
  /** The file; absent where it is the text, in UTF-8. */
  readonly content?: Uint8Array | undefined;
}

export interface PromptContent {
  readonly id: string;
  readonly text?: string | undefined;
  readonly image?: Uint8Array | undefined;
}

export interface SummaryRecord {
  /** The last message that it covers. */
  readonly untilId: string;
  readonly text: string;
  readonly model: string;
}

export interface NewSummary extends SummaryRecord {
  readonly conversationId: string;
  readonly atMs: number;
}
