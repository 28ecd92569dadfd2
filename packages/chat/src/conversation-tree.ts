import type { History, Image, Message, MessageView } from '@pilotlight/contract';

import type { BranchMessage } from './chat-store.ts';

interface Node {
  readonly id: string;
  readonly parent_id: string | null;
}

/** The messages from the root to `headId`, oldest first. */
export function toBranch<T extends Node>(messages: readonly T[], headId: string | null): T[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const branch: T[] = [];
  for (let id = headId; id !== null;) {
    const message = byId.get(id);
    if (message === undefined || branch.length === messages.length) break;
    branch.push(message);
    id = message.parent_id;
  }
  return branch.reverse();
}

/** The last message of the newest branch through `messageId`: the newest child of the newest child, and so on. `messages` are in the order of their making. */
export function toLeaf(messages: readonly Node[], messageId: string): string {
  const newestChildOf = new Map(messages.map(({ id, parent_id: parentId }) => [parentId, id]));
  let leaf = messageId;
  for (let step = 0; step < messages.length; step += 1) leaf = newestChildOf.get(leaf) ?? leaf;
  return leaf;
}

/** What a model is given of one message. */
export interface ContextMessage extends Pick<BranchMessage, 'role' | 'content'> {
  readonly system?: string | undefined;
  readonly images?: readonly Image[] | undefined;
}

export interface ContextOptions {
  /** Goes before what the branch has; undefined: the branch's. */
  readonly system?: string | undefined;
  /** The beginning of the answer, to go on from. */
  readonly prefix?: string | undefined;
}

/**
 * What a model is given of a branch: the system prompt that was set last, then questions and answers. An answer without text is left out, whatever became
 * of it; questions that then follow on each other become one, since many chat templates take nothing but question and answer in turn.
 */
export function toContext(branch: readonly ContextMessage[], { system: set, prefix }: ContextOptions = {}): Message[] {
  const system = set ?? branchSystem(branch);
  const context: Message[] = [];
  for (const { role, content, images } of branch) {
    if (content.trim() === '') continue;
    const last = context.at(-1);
    const isMore = last?.role === role;
    const all = [...(isMore ? (last.images ?? []) : []), ...(images ?? [])];
    const message: Message = { role, content: isMore ? `${last.content}\n\n${content}` : content, ...(all.length > 0 && { images: all }) };
    if (isMore) context[context.length - 1] = message;
    else context.push(message);
  }
  if (prefix !== undefined) context.push({ role: 'assistant', content: prefix, prefix: true });
  return system === undefined || system.trim() === '' ? context : [{ role: 'system', content: system }, ...context];
}

/** The system prompt that was set last in a branch. */
export function branchSystem(branch: readonly Pick<ContextMessage, 'system'>[]): string | undefined {
  return branch.findLast((message) => message.system !== undefined)?.system;
}

/** The shown branch as `GET /api/chat/history/{conversation_id}` has it. */
export function toHistory(conversation: {
  readonly id: string;
  readonly head_id: string | null;
  readonly messages: readonly MessageView[];
}): History {
  return {
    conversation_id: conversation.id,
    messages: toBranch(conversation.messages, conversation.head_id).map(({ role, content, created_at, model }) => ({
      role,
      content,
      timestamp: created_at,
      ...(model !== undefined && { model }),
    })),
  };
}
