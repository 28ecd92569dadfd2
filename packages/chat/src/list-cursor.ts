import { idSchema, Problem } from '@pilotlight/contract';

import type { ConversationRecord, ListQuery } from './chat-store.ts';

/** Where the next page of the list begins, as clients pass it back. */
export function toCursor({ pinned, updatedMs, id }: Pick<ConversationRecord, 'pinned' | 'updatedMs' | 'id'>): string {
  return `${pinned ? 'p' : ''}${updatedMs}.${id}`;
}

/** The place that a cursor stands for. */
export function fromCursor(cursor: string): NonNullable<ListQuery['before']> {
  const [, pinned = '', time = '', id = ''] = /^(p?)(\d{1,15})\.(.+)$/.exec(cursor) ?? [];
  if (!idSchema.safeParse(id).success) {
    throw new Problem('invalid_request', '"before" must be the "next" of the page before.', { field: 'before' });
  }
  return { pinned: pinned === 'p', updatedMs: Number(time), id };
}
