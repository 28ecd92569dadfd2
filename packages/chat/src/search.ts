import { Problem, toTimestamp } from '@pilotlight/contract';
import type { Chat, SearchHit, SearchResult } from '@pilotlight/contract';

import type { ChatStore, SearchHitRecord } from './chat-store.ts';
import { toSummary } from './views.ts';

const MAX_LENGTH = 50;
const MAX_TEXT = 500;

/** A page of what is found. The cursor counts what was shown before: what is stored between two pages may move the border. */
export async function search(store: ChatStore, { text, before, limit }: Parameters<Chat['search']>[0]): Promise<SearchResult> {
  const bounded = Math.min(Math.max(1, limit), MAX_LENGTH);
  const skip = fromCursor(before);
  const hits = await store.search({ text: text.slice(0, MAX_TEXT), skip, limit: bounded + 1 });
  return { hits: hits.slice(0, bounded).map(toHit), next: hits.length > bounded ? String(skip + bounded) : null };
}

function fromCursor(before: string | undefined): number {
  if (before === undefined) return 0;
  if (!/^[1-9]\d{0,4}$/.test(before)) {
    throw new Problem('invalid_request', '"before" must be the "next" of the page before.', { field: 'before' });
  }
  return Number(before);
}

function toHit({ conversation, messageId, role, attachment, createdMs, snippet, marks }: SearchHitRecord): SearchHit {
  return {
    conversation: toSummary(conversation),
    ...(messageId !== undefined && { message_id: messageId }),
    ...(role !== undefined && { role }),
    ...(attachment !== undefined && { attachment: { ...attachment } }),
    created_at: toTimestamp(createdMs),
    snippet,
    marks: [...marks],
  };
}
