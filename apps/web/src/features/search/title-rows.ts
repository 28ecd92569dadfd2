import type { ConversationSummary, SearchHit } from '@pilotlight/contract';

import type { Mark } from './to-pieces.ts';

export interface TitleRow {
  readonly conversation: ConversationSummary;
  readonly marks: readonly Mark[];
}

/**
 * Chats whose title has every word of the query: those of the list at once, in its order, then those that only the server knows.
 * What the page holds of a chat is newer than what the server found.
 */
export function titleRows(query: string, listed: readonly ConversationSummary[], hits: readonly SearchHit[]): TitleRow[] {
  const words = wordsOf(query);
  if (words.length === 0) return [];
  const here = listed.flatMap((conversation) => {
    const marks = marksOf(conversation.title, words);
    return marks === undefined ? [] : [{ conversation, marks }];
  });
  const known = new Set(here.map(({ conversation }) => conversation.id));
  const latest = new Map(listed.map((conversation) => [conversation.id, conversation]));
  const found = hits.filter(({ message_id: message, conversation }) => message === undefined && !known.has(conversation.id));
  return [
    ...here,
    ...found.map(({ conversation, snippet, marks }) => ({
      conversation: latest.get(conversation.id) ?? conversation,
      marks: snippet === conversation.title ? marks : [],
    })),
  ];
}

function wordsOf(query: string): string[] {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}

/** Undefined if a word is missing. Where lower case has another length, offsets would lie, and nothing is marked. */
function marksOf(title: string, words: readonly string[]): Mark[] | undefined {
  const lower = title.toLowerCase();
  const marks: Mark[] = [];
  for (const word of words) {
    const start = lower.indexOf(word);
    if (start === -1) return undefined;
    marks.push({ start, end: start + word.length });
  }
  return lower.length === title.length ? marks : [];
}
