import type { SearchHitRecord, SearchQuery } from '@pilotlight/chat';

import { inTurn } from './search-places.ts';
import { toSnippet } from './search-snippet.ts';
import { toSearchWords } from './search-words.ts';
import type { SearchWords } from './search-words.ts';
import { createFileSearch } from './sqlite-attachment-index.ts';
import type { FilePlace } from './sqlite-attachment-index.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import type { ConversationTables } from './sqlite-conversations.ts';

/** So many of the newest titles and messages that match are put in order by how well they do; a frequent word costs no more than that. */
export const MAX_TITLES = 200;
export const MAX_MESSAGES = 1000;

/** Words that stand in `MAX_MESSAGES` of so many newest messages are frequent: their newest places come first, without a rank, for which SQLite counts all of them. */
const FREQUENT_WITHIN = 50_000;
/** The same of words in a row, if all of the words stand, anywhere, in so many of these. */
const ROW_FROM = 250;

export type Search = (query: SearchQuery) => readonly SearchHitRecord[];

interface MessageRow {
  readonly id: string;
  readonly conversation_id: string;
  readonly role: 'user' | 'assistant';
  readonly content: string;
  readonly created_ms: number;
}

interface Found {
  readonly seq: number;
}

type Place = { readonly kind: 'title'; readonly conversationId: string } | { readonly kind: 'message'; readonly seq: number } | FilePlace;

/** The search over titles, which come first, and messages and attached files. */
export function createSearch(connection: SqliteConnection, conversations: Pick<ConversationTables, 'find'>): Search {
  const titles = connection.prepare(`
    SELECT t.conversation_id FROM (
      SELECT rowid AS key, rank AS place FROM title_index WHERE title_index MATCH ? ORDER BY rowid DESC LIMIT ${MAX_TITLES}
    ) f JOIN search_titles t ON t.key = f.key JOIN conversations c ON c.id = t.conversation_id
    WHERE c.deleted_ms IS NULL ORDER BY f.place, f.key DESC`);
  const messages = connection.prepare(`
    SELECT f.seq FROM (
      SELECT rowid AS seq, rank AS place FROM message_index WHERE message_index MATCH ? ORDER BY rowid DESC LIMIT ${MAX_MESSAGES}
    ) f JOIN messages m ON m.seq = f.seq JOIN conversations c ON c.id = m.conversation_id
    WHERE c.deleted_ms IS NULL ORDER BY f.place, f.seq DESC`);
  const newest = connection.prepare(`
    SELECT rowid AS seq FROM message_index
    WHERE message_index MATCH ? AND rowid > (SELECT max(seq) - ${FREQUENT_WITHIN} FROM messages) ORDER BY rowid DESC LIMIT ${MAX_MESSAGES}`);
  const unordered = connection.prepare(
    `SELECT rowid AS seq FROM message_index WHERE message_index MATCH ? ORDER BY rowid DESC LIMIT ${MAX_MESSAGES}`,
  );
  const shown = connection.prepare(
    'SELECT 1 FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.seq = ? AND c.deleted_ms IS NULL',
  );
  const files = createFileSearch(connection, conversations);
  const message = connection.prepare('SELECT id, conversation_id, role, content, created_ms FROM messages WHERE seq = ?');

  /** The best of the newest first; the newest first where counting all of them would take too long. */
  function findMessages({ match, wholeMatch, phrases }: SearchWords): readonly { readonly seq: number }[] {
    const frequent = newest.all(wholeMatch) as Found[];
    const isRow = phrases.some(({ length }) => length > 1);
    const isReadMuch =
      isRow &&
      newest.all(
        phrases
          .flat()
          .map((word) => `"${word}"`)
          .join(' '),
      ).length >= ROW_FROM;
    const unranked = frequent.length >= MAX_MESSAGES ? frequent : isReadMuch ? (unordered.all(match) as Found[]) : undefined;
    return unranked?.filter(({ seq }) => shown.get(seq) !== undefined) ?? (messages.all(match) as Found[]);
  }

  function toHit(place: Place, words: SearchWords): SearchHitRecord | undefined {
    if (place.kind === 'title') {
      const conversation = conversations.find(place.conversationId);
      if (conversation === undefined) return undefined;
      const { title, createdMs } = conversation;
      return { conversation, messageId: undefined, role: undefined, attachment: undefined, createdMs, ...toSnippet(title, words) };
    }
    if (place.kind === 'file') return files.toHit(place, words);
    const row = message.get(place.seq) as MessageRow | undefined;
    const conversation = row && conversations.find(row.conversation_id);
    if (row === undefined || conversation === undefined) return undefined;
    const { id: messageId, role, content, created_ms: createdMs } = row;
    return { conversation, messageId, role, attachment: undefined, createdMs, ...toSnippet(content, words) };
  }

  return ({ text, skip, limit }) => {
    const words = toSearchWords(text);
    if (words === undefined) return [];
    const places: Place[] = [
      ...(titles.all(words.match) as { conversation_id: string }[]).map((row) => ({
        kind: 'title' as const,
        conversationId: row.conversation_id,
      })),
      ...inTurn(
        findMessages(words).map((row) => ({ kind: 'message' as const, seq: row.seq })),
        files.find(words),
      ),
    ];
    return places
      .slice(skip, skip + limit)
      .map((place) => toHit(place, words))
      .filter((hit) => hit !== undefined);
  };
}
