import type { Attachment } from './attachment-wire.ts';
import type {
  Accepted,
  ConversationDetails,
  ConversationList,
  ConversationSummary,
  ConversationView,
  DeletedConversation,
  FolderList,
  ImportResult,
  SearchResult,
} from './chat-wire.ts';
import type { ContextPolicy, ContextRequest, ContextUsage } from './context-wire.ts';
import type {
  ConversationChange,
  ConversationSettings,
  NewConversationWish,
  NewPreset,
  Preset,
  PresetChange,
} from './conversation-settings.ts';
import type { Priority } from './gateway.ts';
import type { Options } from './options.ts';
import type { StreamPart } from './stream-parts.ts';

/** A part with its place in the generation's log: 0 for the first, then without gaps. */
export interface LoggedPart {
  readonly offset: number;
  readonly part: StreamPart;
}

export interface Question {
  /** Absent: a new conversation, whose id is made here; so nobody needs to look whether it is there. */
  readonly conversationId?: string | undefined;
  /** Minted by the client; posting the same id with the same content again gives the same result and starts nothing. */
  readonly messageId: string;
  readonly text: string;
  /** The message before it; absent: the conversation's head; null: a new root. */
  readonly parentId?: string | null | undefined;
  readonly model?: string | undefined;
  readonly task: string;
  /** A system prompt for this conversation; kept with its first message. */
  readonly system?: string | undefined;
  readonly options: Options;
  readonly priority: Priority;
  readonly requestId: string;
  /** Ids that `attach` gave. */
  readonly attachments?: readonly string[] | undefined;
  /** For this answer alone. */
  readonly contextPolicy?: ContextPolicy | undefined;
  /** Of the conversation, should this message make it. */
  readonly newConversation?: NewConversationWish | undefined;
}

export interface Regeneration {
  readonly conversationId: string;
  /** The answer that gets a sibling. */
  readonly answerId: string;
  readonly generationId?: string | undefined;
  readonly model?: string | undefined;
  readonly options: Options;
  readonly contextPolicy?: ContextPolicy | undefined;
  readonly requestId: string;
}

/** A file with what is known of it. */
export interface AttachmentContent {
  readonly attachment: Attachment;
  readonly content: Uint8Array;
}

/** Like a regeneration, but the new answer begins with the text of the one that is named. */
export type Continuation = Regeneration;

export interface ConversationQuery {
  /** Default: only those that are not. */
  readonly archived?: boolean | 'any' | undefined;
  readonly folder?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

export type ChatEvent =
  /** Created, changed, restored, has a new message, or its generation began or ended. Never of one that is deleted or temporary. */
  | { readonly type: 'conversation'; readonly conversation: ConversationSummary }
  | { readonly type: 'conversation_removed'; readonly id: string; readonly final_at?: string }
  | { readonly type: 'conversation_settings'; readonly id: string; readonly settings: ConversationSettings }
  | { readonly type: 'preset'; readonly preset: Preset }
  | { readonly type: 'preset_removed'; readonly id: string };

/** Conversations and the logs of their answers. All errors are `Problem`s. */
export interface Chat {
  /** Stores question and generation durably, then starts the answer, which goes on whoever listens. */
  post(question: Question): Promise<Accepted>;
  regenerate(request: Regeneration): Promise<Accepted>;
  /**
   * Goes on from the text of an answer that is not whole. Throws `Problem('nothing_to_continue')` for one that is whole or has no text, and
   * `Problem('continue_not_supported')`, before anything is stored, where it is known that the model cannot.
   */
  continueAnswer(request: Continuation): Promise<Accepted>;
  /**
   * The log from `from` on: first what is there, then what comes, ending after the terminal part. A reader that leaves ends nothing.
   * A reader sees only what the log holds. Throws `Problem('generation_not_found')`, also for a log that was removed meanwhile.
   */
  follow(generationId: string, from: number, signal: AbortSignal): AsyncIterable<LoggedPart>;
  /** Ends a running answer; what was written is kept. Resolves when its terminal part is logged; of an ended one at once. */
  stop(generationId: string): Promise<void>;
  /** Pinned ones first, then the last used one first. */
  list(query: ConversationQuery): Promise<ConversationList>;
  folders(): Promise<FolderList>;
  /**
   * Titles and messages in which all words of the text stand, the last of them at least as the beginning of a word, without regard to case and accents.
   * `before` is the `next` of the page before. Nothing in the text is syntax, and no text is an error.
   */
  search(query: { readonly text: string; readonly before?: string | undefined; readonly limit: number }): Promise<SearchResult>;
  conversation(id: string): Promise<ConversationView>;
  rename(id: string, title: string): Promise<ConversationSummary>;
  /** All that is named changes, or nothing does. Two that change different things at once do not undo each other. */
  change(id: string, change: ConversationChange): Promise<ConversationDetails>;
  /** Shows another branch: the one that ends in, or below, this message. */
  select(id: string, messageId: string): Promise<ConversationView>;
  /**
   * Takes in the conversations of an export of ours or of others, as data: questions and answers alone, under new ids. Importing the same again makes
   * copies. Throws `Problem('import_refused')` if there is nothing in it that can be taken.
   */
  importConversations(value: unknown): Promise<ImportResult>;
  /**
   * Hides the conversation with all its messages and logs at once, stops what runs in it, and removes it for good after a time, also over a restart. Deleting it
   * again changes nothing. A temporary one is removed for good at once.
   */
  remove(id: string): Promise<DeletedConversation>;
  /** Takes a deletion back. Throws `Problem('conversation_not_found')` once it is final. */
  restore(id: string): Promise<ConversationSummary>;
  presets(): Promise<readonly Preset[]>;
  addPreset(preset: NewPreset): Promise<Preset>;
  changePreset(id: string, change: PresetChange): Promise<Preset>;
  removePreset(id: string): Promise<void>;
  /**
   * Keeps a file until a message refers to it, for a day at least; the same name and content give the same id. What it is, is decided by its content. Throws
   * `Problem('attachment_refused' | 'attachment_too_large')`.
   */
  attach(file: { readonly name: string; readonly bytes: Uint8Array }): Promise<Attachment>;
  /** Throws `Problem('attachment_not_found')`. */
  attachment(id: string): Promise<AttachmentContent>;
  /** Removes one that no message refers to. Throws `Problem('attachment_not_found' | 'attachment_in_use')`. */
  removeAttachment(id: string): Promise<void>;
  /** What would be sent if this were asked now. Loads nothing. Throws `Problem('model_not_found')`. */
  contextUsage(request: ContextRequest, signal: AbortSignal): Promise<ContextUsage>;
  subscribe(listener: (event: ChatEvent) => void): Disposable;
  /** Marks generations that a former process left unfinished as `interrupted`, with their text kept; resolves with their number. Run once at the start. */
  recover(): Promise<number>;
  /** Stops what runs, logging it as interrupted by the shutdown, and waits until all is stored. */
  [Symbol.asyncDispose](): Promise<void>;
}
