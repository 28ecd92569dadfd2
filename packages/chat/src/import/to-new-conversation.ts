import { finishReasonSchema, folderNameSchema, modelNameSchema } from '@pilotlight/contract';

import type { AttachmentRecord } from '../attachments/attachment-store.ts';
import type { NewConversation, NewMessage } from '../chat-store.ts';
import { toLeaf } from '../conversation-tree.ts';
import { toTitle } from '../title.ts';
import type { ForeignConversation, ForeignMessage } from './foreign-conversation.ts';

export interface NewConversationOptions {
  readonly nowMs: number;
  /** A fresh id, at each call another. */
  readonly newId: () => string;
  /** What of the files of each message could be kept. */
  readonly attached?: ReadonlyMap<ForeignMessage, readonly AttachmentRecord[]>;
}

export type Checked =
  | { readonly outcome: 'taken'; readonly conversation: NewConversation }
  /** `reason` is a sentence. */
  | { readonly outcome: 'refused'; readonly reason: string };

const MAX_MESSAGES = 20_000;
const MAX_QUESTION = 1_000_000;
const MAX_ANSWER = 4_194_304;
const MAX_SYSTEM = 100_000;
const MAX_TITLE = 200;

/** What of a foreign conversation is taken in: questions and answers alone, under new ids, in a tree that is sound. Pure but for the ids. */
export function toNewConversation(foreign: ForeignConversation, options: NewConversationOptions): Checked {
  const { messages } = foreign;
  if (messages.length > MAX_MESSAGES) return refuse(`It has ${messages.length} messages; ${MAX_MESSAGES} are the most.`);
  const order = toOrder(messages);
  if (typeof order === 'string') return refuse(order);
  const tooLong = order.find(({ role, text }) => text.length > (role === 'user' ? MAX_QUESTION : MAX_ANSWER));
  if (tooLong !== undefined) return refuse(`A message has ${tooLong.text.length} characters, which is too many.`);
  const { kept, placeOf } = keep(foreign, order, options);
  const last = kept.at(-1);
  if (last === undefined) return refuse('It has no question and no answer.');
  const nodes = kept.map(({ id, parentId }) => ({ id, parent_id: parentId }));
  const headId = toLeaf(nodes, placeOf.get(foreign.headKey ?? '') ?? last.id);
  const times = kept.map(({ createdMs }) => createdMs);
  const createdMs = clampTime(foreign.createdMs, options.nowMs) ?? times.reduce((a, b) => Math.min(a, b));
  const updatedMs = clampTime(foreign.updatedMs, options.nowMs) ?? times.reduce((a, b) => Math.max(a, b));
  return {
    outcome: 'taken',
    conversation: {
      id: options.newId(),
      title: cleanTitle(foreign.title) || toTitle(kept[0]?.content ?? ''),
      createdMs,
      updatedMs: Math.max(createdMs, updatedMs),
      headId,
      pinned: foreign.pinned === true,
      archived: foreign.archived === true,
      folder: cleanFolder(foreign.folder),
      settings: foreign.settings ?? {},
      messages: kept,
    },
  };
}

function refuse(reason: string): Checked {
  return { outcome: 'refused', reason };
}

/** Parents before their children, siblings as in the file; or what is wrong with the tree. */
function toOrder(messages: readonly ForeignMessage[]): ForeignMessage[] | string {
  const byKey = new Map(messages.map((message) => [message.key, message]));
  if (byKey.size < messages.length) return 'Two of its messages have the same id.';
  if (messages.some(({ parentKey }) => parentKey !== null && !byKey.has(parentKey))) return 'A message goes on from one that is not in it.';
  const childrenOf = Map.groupBy(messages, ({ parentKey }) => parentKey);
  const order = [...(childrenOf.get(null) ?? [])];
  // The list grows while it is walked.
  for (const message of order) order.push(...(childrenOf.get(message.key) ?? []));
  return order.length < messages.length ? 'Some of its messages go on from each other in a circle.' : order;
}

interface Kept {
  readonly kept: readonly NewMessage[];
  /** Where a message of the file stands now: itself, or the nearest one before it that was kept. */
  readonly placeOf: ReadonlyMap<string, string>;
}

function keep(foreign: ForeignConversation, order: readonly ForeignMessage[], options: NewConversationOptions): Kept {
  const kept: NewMessage[] = [];
  const placeOf = new Map<string, string>();
  const systemAt = new Map<string, string>();
  for (const message of order) {
    const parentId = placeOf.get(message.parentKey ?? '') ?? null;
    const system = message.system ?? systemAt.get(message.parentKey ?? '') ?? (parentId === null ? foreign.system : undefined);
    const content = clean(message.text);
    const { role } = message;
    if ((role !== 'user' && role !== 'assistant') || (content.trim() === '' && !hasEnd(message))) {
      if (parentId !== null) placeOf.set(message.key, parentId);
      const carried = role === 'system' && content.trim() !== '' ? content : system;
      if (carried !== undefined) systemAt.set(message.key, carried);
      continue;
    }
    const id = options.newId();
    placeOf.set(message.key, id);
    // A prompt that waits for a question passes an answer by.
    if (role === 'assistant' && system !== undefined) systemAt.set(message.key, system);
    const base = { id, parentId, content, createdMs: clampTime(message.createdMs, options.nowMs) ?? options.nowMs };
    const attachments = options.attached?.get(message);
    const asked = { ...base, ...(attachments !== undefined && attachments.length > 0 && { attachments }) };
    kept.push(role === 'user' ? toQuestion(asked, system) : toAnswer(base, message, placeOf));
  }
  return { kept, placeOf };
}

/** An answer of ours that never came to a text: how it ended is all that there is of it. */
function hasEnd({ role, state }: ForeignMessage): boolean {
  return role === 'assistant' && state !== undefined && state !== 'complete';
}

type Base = Pick<NewMessage, 'id' | 'parentId' | 'content' | 'createdMs' | 'attachments'>;

const NOTHING = {
  system: undefined,
  reasoning: undefined,
  state: undefined,
  model: undefined,
  finishReason: undefined,
  receipt: undefined,
  error: undefined,
  continues: undefined,
};

function toQuestion(base: Base, system: string | undefined): NewMessage {
  const prompt = clean(system ?? '').slice(0, MAX_SYSTEM);
  return { ...NOTHING, ...base, role: 'user', system: prompt.trim() === '' ? undefined : prompt };
}

function toAnswer(base: Base, message: ForeignMessage, placeOf: ReadonlyMap<string, string>): NewMessage {
  const reasoning = clean(message.reasoning ?? '').slice(0, MAX_ANSWER);
  const model = modelNameSchema.safeParse(message.model);
  const finish = finishReasonSchema.safeParse(message.finishReason);
  return {
    ...NOTHING,
    ...base,
    role: 'assistant',
    reasoning: reasoning === '' ? undefined : reasoning,
    state: message.state ?? 'complete',
    model: model.success ? model.data : undefined,
    finishReason: finish.success ? finish.data : undefined,
    receipt: message.receipt,
    error: message.error,
    continues: placeOf.get(message.continuesKey ?? ''),
  };
}

/** Without characters that are no text: controls but tab and line break, and halves of characters. */
function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[^\P{Cc}\n\t]/gu, '');
}

function cleanTitle(title: string): string {
  return [...clean(title).replaceAll(/\s+/g, ' ').trim()].slice(0, MAX_TITLE / 2).join('');
}

function cleanFolder(folder: string | undefined): string | undefined {
  const name = clean(folder ?? '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return folderNameSchema.safeParse(name).success ? name : undefined;
}

/** A time that has been; later ones are now. */
function clampTime(ms: number | undefined, nowMs: number): number | undefined {
  return ms === undefined ? undefined : Math.min(ms, nowMs);
}
