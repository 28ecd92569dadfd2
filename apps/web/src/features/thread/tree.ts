import type { MessageView } from '@pilotlight/contract';

/** One message of the branch that is shown, with its versions: the messages that stand at the same place of other branches. */
export interface ThreadEntry {
  readonly message: MessageView;
  /** Ids in the order in which they were made, this one among them. */
  readonly versions: readonly string[];
}

/** The branch that ends in `headId`, oldest first. System messages are not part of the talk. */
export function threadOf(messages: readonly MessageView[], headId: string | null): ThreadEntry[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const children = Map.groupBy(messages, (message) => message.parent_id);
  const path: ThreadEntry[] = [];
  const seen = new Set<string>();
  let message = headId === null ? undefined : byId.get(headId);
  while (message !== undefined && !seen.has(message.id)) {
    seen.add(message.id);
    const { id, role, parent_id: parentId } = message;
    const versions = (children.get(parentId) ?? []).filter((sibling) => sibling.role === role);
    if (role !== 'system') path.push({ message, versions: versions.length > 1 ? inOrder(versions) : [id] });
    message = parentId === null ? undefined : byId.get(parentId);
  }
  return path.reverse();
}

function inOrder(messages: readonly MessageView[]): string[] {
  return messages
    .map(({ id, created_at: createdAt }, index) => ({ id, createdAt, index }))
    .sort((one, other) => one.createdAt.localeCompare(other.createdAt) || one.index - other.index)
    .map(({ id }) => id);
}

/** The answer that is being written on the branch that is shown. Another branch may have one of its own. */
export function runningAnswer(thread: readonly ThreadEntry[]): MessageView | undefined {
  return thread.findLast(({ message }) => message.state === 'running')?.message;
}

/** The version before (-1) or after (+1) this one, if there is one. */
export function neighbourVersion(entry: ThreadEntry, step: -1 | 1): string | undefined {
  return entry.versions[entry.versions.indexOf(entry.message.id) + step];
}
