import type { ConversationSummary } from '@pilotlight/contract';

import { groupByDay, type DayGroup } from './group-by-day.ts';

/** The list as it is read: what is pinned, folders, then the rest by day. A chat stands in one place only. */
export interface ListSections {
  readonly pinned: readonly ConversationSummary[];
  readonly folders: readonly { readonly name: string; readonly conversations: readonly ConversationSummary[] }[];
  readonly days: readonly DayGroup[];
}

export function toSections(conversations: readonly ConversationSummary[], folders: readonly string[], now: number): ListSections {
  const pinned = conversations.filter((conversation) => conversation.pinned === true);
  const others = conversations.filter((conversation) => conversation.pinned !== true);
  const names = folderNames(others, folders);
  return {
    pinned,
    folders: names.map((name) => ({ name, conversations: others.filter(({ folder }) => folder === name) })),
    days: groupByDay(
      others.filter(({ folder }) => folder === undefined),
      now,
    ),
  };
}

/** All names, those of chats that the server has not been asked about among them. */
export function folderNames(conversations: readonly ConversationSummary[], folders: readonly string[]): string[] {
  const used = conversations.flatMap(({ folder }) => (folder === undefined ? [] : [folder]));
  return [...new Set([...folders, ...used])].sort((one, other) => one.localeCompare(other));
}
