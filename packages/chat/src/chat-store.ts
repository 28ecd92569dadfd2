import type { Receipt } from '@pilotlight/contract';

/**
 * Where conversations and generation logs are kept. The port of `packages/chat`; `packages/storage` stands behind it.
 *
 * Every method is one transaction: all of it is there afterwards, or nothing. A method that cannot reach or write the store rejects with
 * `Problem('storage_unavailable')`; it may then have happened or not, and `claim` tells. What a method resolves with is stored: after a crash of the
 * process always; after a loss of power too, except for `begin` and `append`, whose last ones may be missing (never in the middle) until `sync` or
 * something durable that came after them has resolved.
 * Times are milliseconds since 1970 and come from the caller.
 */
export interface ChatStore {
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
  /** Conversations by the time of their last change, newest first. */
  list(query: ListQuery): Promise<readonly ConversationRecord[]>;
  /** The conversation with all its messages in the order in which they were stored. */
  conversation(id: string): Promise<ConversationTree | undefined>;
  /** Titles, then messages, in which all the words of a text stand, the last of them at least as the beginning of a word; the best first. No text is an error. */
  search(query: SearchQuery): Promise<readonly SearchHitRecord[]>;
  /** Stores a conversation that is whole already, under an id that is new. Durable. */
  add(conversation: NewConversation): Promise<ConversationRecord>;
  rename(id: string, title: string): Promise<ConversationRecord | undefined>;
  /** Undefined: there is no such conversation, or no such message in it. */
  setHead(id: string, messageId: string): Promise<ConversationRecord | undefined>;
  /** Removes the conversation, its messages and its logs. False: it was not there. Durable. */
  remove(id: string): Promise<boolean>;
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
}

/** Another answer to a question that is there. */
export interface SameQuestion {
  readonly kind: 'same_question';
  readonly id: string;
}

export interface Beginning {
  readonly conversationId: string;
  /** Of the conversation, should this be its first message. */
  readonly title: string;
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
  /** The parent, or the question to answer again, is not in this conversation. */
  | { readonly outcome: 'message_missing' }
  /** An answer to the same parent or question is running, or the parent is an answer that is still running. */
  | { readonly outcome: 'busy'; readonly generationId: string };

/** A message on the way from the root to the question, as far as the model is concerned. */
export interface BranchMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
  readonly system: string | undefined;
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
  readonly before: { readonly updatedMs: number; readonly id: string } | undefined;
  readonly limit: number;
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
}

/** A message that no generation of ours wrote. */
export type NewMessage = Omit<MessageRecord, 'generationId'>;

export interface NewConversation extends Omit<ConversationRecord, 'runningGenerationId'> {
  readonly headId: string;
  /** Parents before their children; none is running. */
  readonly messages: readonly NewMessage[];
}

export interface ConversationTree {
  readonly conversation: ConversationRecord;
  readonly messages: readonly MessageRecord[];
}
