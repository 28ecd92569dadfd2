import type { ConversationSettings, Receipt, SettingsChange } from '@pilotlight/contract';

import type { AttachmentRecord, AttachmentStore } from './attachments/attachment-store.ts';

/**
 * Where conversations and generation logs are kept. The port of `packages/chat`; `packages/storage` stands behind it.
 *
 * Every method is one transaction: all of it is there afterwards, or nothing. A method that cannot reach or write the store rejects with
 * `Problem('storage_unavailable')`; it may then have happened or not, and `claim` tells. What a method resolves with is stored: after a crash of the
 * process always; after a loss of power too, except for `begin` and `append`, whose last ones may be missing (never in the middle) until `sync` or
 * something durable that came after them has resolved.
 * Times are milliseconds since 1970 and come from the caller.
 */
export interface ChatStore extends AttachmentStore {
  /** Stores a question (or takes the one there is), its empty answer, the generation, and the first group of its log. Durable after `sync`. */
  begin(beginning: Beginning): Promise<BeginResult>;
  /** Resolves when all that was stored before is durable. */
  sync(): Promise<void>;
  /** Appends to several logs at once, each at its own offset; one outcome for each, in order. */
  append(groups: readonly LogGroup[]): Promise<readonly AppendOutcome[]>;
  /** Appends the last group, closes the log and writes the answer. Durable. */
  end(ending: GenerationEnding): Promise<EndResult>;
  /** Groups of a log that reach to or beyond `from`, in order, at least one if there is any, up to about `maxCharacters`. Undefined: no such generation. */
  read(query: LogQuery): Promise<LogPage | undefined>;
  /** Takes a running generation over: its epoch rises, so that whoever wrote before is refused from now on. Undefined: it has ended, or is not there. */
  claim(generationId: string): Promise<ClaimedGeneration | undefined>;
  /** The ids of all generations whose log is not closed. */
  running(): Promise<readonly string[]>;
  /** What is needed to answer the question of this answer again. Undefined: there is no such answer in this conversation. */
  answer(conversationId: string, answerId: string): Promise<AnswerOrigin | undefined>;
  /** One message. Undefined: there is none of that id in this conversation. */
  message(conversationId: string, messageId: string): Promise<MessageRecord | undefined>;
  /** Pinned conversations first, then by the time of their last change, newest first. */
  list(query: ListQuery): Promise<readonly ConversationRecord[]>;
  /** The folders that conversations are in, by name in the order of its characters; archived conversations count. */
  folders(): Promise<readonly FolderRecord[]>;
  /** The conversation without its messages. Undefined: there is none, or it is hidden. */
  details(id: string): Promise<ConversationDetailsRecord | undefined>;
  /** The conversation with all its messages in the order in which they were stored. */
  conversation(id: string): Promise<ConversationTree | undefined>;
  /**
   * Titles, then messages and the files that are attached to them, in which all the words of a text stand, the last of them at least as the beginning of a word; of
   * titles and messages the best first, of files the newest, each once for each conversation that has it. No text is an error.
   */
  search(query: SearchQuery): Promise<readonly SearchHitRecord[]>;
  /** Stores a conversation that is whole already, under an id that is new. Durable. */
  add(conversation: NewConversation): Promise<ConversationRecord>;
  rename(id: string, title: string): Promise<ConversationRecord | undefined>;
  /** What is named changes, at the settings one by one; the time of the last change stays. Durable. Undefined: there is no such conversation. */
  change(id: string, change: RecordChange): Promise<ConversationDetailsRecord | undefined>;
  /** Undefined: there is no such conversation, or no such message in it. */
  setHead(id: string, messageId: string): Promise<ConversationRecord | undefined>;
  /** Removes the conversation, its messages and its logs, hidden or not. False: it was not there. Durable. */
  remove(id: string): Promise<boolean>;
  /**
   * Hides the conversation: from now on every method that is asked for it by its id, or for a message of it, answers as if it was not there, `list`, `folders` and
   * `search` leave it out, `begin` answers `deleted`, and `read` says so; its generations can still be ended. Resolves with the time at which it was
   * hidden, the earlier one if it was before; undefined: it is not there. Durable.
   */
  hide(id: string, atMs: number): Promise<number | undefined>;
  /** Shows it again if it was hidden at `sinceMs` or later, or was not hidden. Undefined: it is not there, or was hidden before. Durable. */
  unhide(id: string, sinceMs: number): Promise<ConversationRecord | undefined>;
  /** The conversations that are hidden, the one hidden first at first. */
  hidden(): Promise<readonly HiddenConversation[]>;
  /** Removes what was hidden at or before `untilMs`, as `remove` does; resolves with the ids. Durable. */
  purge(untilMs: number): Promise<readonly string[]>;
  /** Renames the conversation if its title is still `former`; the time of the last change stays. Undefined: it is not, or there is no such conversation. Durable. */
  retitle(id: string, former: string, title: string): Promise<ConversationRecord | undefined>;
  /** By name in the order of its characters, then by id. */
  presets(): Promise<readonly PresetRecord[]>;
  preset(id: string): Promise<PresetRecord | undefined>;
  /** Adds one under a new id. Durable. `taken`: the id belongs to another; with the same name and settings it is `stored`. `full`: there are `most` already. */
  addPreset(preset: PresetRecord, most: number): Promise<'stored' | 'taken' | 'full'>;
  /** What is named changes. Durable. Undefined: there is no such preset. */
  changePreset(id: string, change: PresetRecordChange): Promise<PresetRecord | undefined>;
  /** False: it was not there. Durable. */
  removePreset(id: string): Promise<boolean>;
}

/** Parts of one log, packed by `packParts`. Its first part has the offset `firstOffset`. */
export interface LogGroup {
  readonly generationId: string;
  readonly epoch: number;
  readonly firstOffset: number;
  readonly count: number;
  readonly parts: string;
}

/** `stale`: another writer has taken over, or the log is closed, or the offset is not the next one. `missing`: there is no such generation. */
export type AppendOutcome = 'stored' | 'stale' | 'missing';

export interface NewQuestion {
  readonly kind: 'question';
  readonly id: string;
  readonly text: string;
  /** Undefined: the head of the conversation. Null: a new root. */
  readonly parentId: string | null | undefined;
  /** From here on. Undefined: what the branch has; for a new root, what the conversation's first question has. */
  readonly system: string | undefined;
  /** Ids of attachments, in their order. */
  readonly attachments?: readonly string[] | undefined;
}

/** Another answer to a question that is there. */
export interface SameQuestion {
  readonly kind: 'same_question';
  readonly id: string;
  /** The answer that the new one goes on from. */
  readonly continues?: string | undefined;
}

/** What a conversation is made with by its first message. */
export interface ConversationStart {
  readonly folder?: string | undefined;
  readonly settings?: ConversationSettings | undefined;
  /** It is for the store that keeps nothing. */
  readonly temporary?: boolean | undefined;
}

export interface Beginning {
  readonly conversationId: string;
  /** Of the conversation, should this be its first message. */
  readonly title: string;
  /** Of the conversation, should this be its first message; else it is not used. */
  readonly start?: ConversationStart | undefined;
  readonly question: NewQuestion | SameQuestion;
  readonly answerId: string;
  readonly generationId: string;
  /** Of all that makes this request what it is: the same id with another fingerprint is a conflict. */
  readonly fingerprint: string;
  readonly model: string | undefined;
  readonly task: string;
  /** The first group of the log, packed. */
  readonly firstParts: { readonly count: number; readonly parts: string };
  readonly atMs: number;
}

export type BeginResult =
  | {
      readonly outcome: 'stored';
      readonly epoch: number;
      readonly conversation: ConversationRecord;
      readonly branch: readonly BranchMessage[];
    }
  /** The same was stored before; nothing was done. */
  | { readonly outcome: 'known'; readonly questionId: string; readonly answerId: string; readonly generationId: string }
  /** The id belongs to something else. */
  | { readonly outcome: 'conflict' }
  /** The conversation is hidden. */
  | { readonly outcome: 'deleted' }
  /** An attachment is not there. */
  | { readonly outcome: 'attachment_missing'; readonly id: string }
  /** The parent, or the question to answer again, is not in this conversation. */
  | { readonly outcome: 'message_missing' }
  /** An answer to the same parent or question is running, or the parent is an answer that is still running. */
  | { readonly outcome: 'busy'; readonly generationId: string };

/** A message on the way from the root to the question, as far as the model is concerned. */
export interface BranchMessage {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly content: string;
  readonly system: string | undefined;
  readonly attachments: readonly AttachmentRecord[];
}

export interface GenerationEnding {
  readonly group: LogGroup;
  readonly answer: AnswerEnding;
  readonly atMs: number;
}

/** How an answer stands at its end. */
export interface AnswerEnding {
  readonly content: string;
  readonly reasoning: string | undefined;
  readonly state: Exclude<MessageState, 'running'>;
  readonly model: string | undefined;
  readonly finishReason: string | undefined;
  readonly receipt: Receipt | undefined;
  readonly error: AnswerError | undefined;
}

export interface AnswerError {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly remedy: string;
}

export type MessageState = 'running' | 'complete' | 'stopped' | 'failed' | 'interrupted';

export type EndResult =
  | { readonly outcome: 'ended'; readonly conversation: ConversationRecord }
  | { readonly outcome: 'stale' }
  | { readonly outcome: 'missing' };

export interface LogQuery {
  readonly generationId: string;
  readonly from: number;
  readonly maxCharacters: number;
}

export interface LogPage {
  readonly groups: readonly { readonly firstOffset: number; readonly count: number; readonly parts: string }[];
  /** The offset that the next part will have, or would have if the log were not closed. */
  readonly nextOffset: number;
  readonly closed: boolean;
  /** It stands in a conversation that is hidden: for the end of it alone. */
  readonly hidden: boolean;
}

export interface ClaimedGeneration {
  readonly epoch: number;
  readonly nextOffset: number;
  readonly conversationId: string;
}

export interface AnswerOrigin {
  readonly questionId: string;
  readonly model: string | undefined;
  readonly task: string;
}

export interface ListQuery {
  /** Only those that come after this one in the list. */
  readonly before: { readonly pinned: boolean; readonly updatedMs: number; readonly id: string } | undefined;
  readonly limit: number;
  /** Undefined: both. */
  readonly archived?: boolean | undefined;
  /** Undefined: those in none, too. */
  readonly folder?: string | undefined;
}

export interface FolderRecord {
  readonly name: string;
  readonly conversations: number;
}

export interface RecordChange {
  readonly title?: string | undefined;
  readonly pinned?: boolean | undefined;
  readonly archived?: boolean | undefined;
  /** Null: none. */
  readonly folder?: string | null | undefined;
  /** What is null is taken away. */
  readonly settings?: SettingsChange | undefined;
}

export interface HiddenConversation {
  readonly id: string;
  readonly deletedMs: number;
}

export interface PresetRecord {
  readonly id: string;
  readonly name: string;
  readonly settings: ConversationSettings;
  readonly createdMs: number;
  readonly updatedMs: number;
}

export interface PresetRecordChange {
  readonly name?: string | undefined;
  readonly settings?: SettingsChange | undefined;
  readonly atMs: number;
}

export interface SearchQuery {
  readonly text: string;
  /** So many of the best are left out. */
  readonly skip: number;
  readonly limit: number;
}

export interface SearchHitRecord {
  readonly conversation: ConversationRecord;
  /** Undefined: it is the title. */
  readonly messageId: string | undefined;
  readonly role: MessageRecord['role'] | undefined;
  /** Set: the words stand in this file, its name or its text, which the message has attached. */
  readonly attachment: { readonly id: string; readonly name: string } | undefined;
  readonly createdMs: number;
  /** A piece of the text on one line, with `…` where it was cut. */
  readonly snippet: string;
  /** Where the words stand in it, in UTF-16 units; `end` is the first after the word. */
  readonly marks: readonly { readonly start: number; readonly end: number }[];
}

export interface ConversationRecord {
  readonly id: string;
  readonly title: string;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly headId: string | null;
  readonly runningGenerationId: string | undefined;
  readonly pinned: boolean;
  readonly archived: boolean;
  readonly folder: string | undefined;
  /** It is in the store that keeps nothing. Set by the chat, never by a store. */
  readonly temporary?: boolean | undefined;
}

export interface ConversationDetailsRecord {
  readonly conversation: ConversationRecord;
  /** Empty: nothing is set. */
  readonly settings: ConversationSettings;
}

export interface MessageRecord {
  readonly id: string;
  readonly parentId: string | null;
  readonly role: 'user' | 'assistant';
  readonly content: string;
  readonly createdMs: number;
  /** Of a question: the system prompt from here on, where it was set. */
  readonly system: string | undefined;
  readonly reasoning: string | undefined;
  readonly state: MessageState | undefined;
  readonly generationId: string | undefined;
  readonly model: string | undefined;
  readonly finishReason: string | undefined;
  readonly receipt: Receipt | undefined;
  readonly error: AnswerError | undefined;
  /** Of an answer that goes on from another: that one. */
  readonly continues: string | undefined;
  /** Of a question, where there are some. */
  readonly attachments?: readonly AttachmentRecord[] | undefined;
}

/** A message that no generation of ours wrote. */
export type NewMessage = Omit<MessageRecord, 'generationId'>;

export interface NewConversation extends Omit<ConversationRecord, 'runningGenerationId' | 'temporary'> {
  readonly headId: string;
  readonly settings: ConversationSettings;
  /** Parents before their children; none is running. */
  readonly messages: readonly NewMessage[];
}

export interface ConversationTree extends ConversationDetailsRecord {
  readonly messages: readonly MessageRecord[];
}
