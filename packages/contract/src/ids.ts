import { z } from 'zod';

/** Ids are minted by clients or by the server: 1 to 64 letters, digits, `-`, `_`. */
export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'an id of 1 to 64 letters, digits, - or _');

/** What stands at `/api/conversations/{id}` beside conversations: no conversation is made under these ids. */
export const RESERVED_CONVERSATION_IDS: readonly string[] = ['events', 'export', 'folders', 'import', 'search'];
