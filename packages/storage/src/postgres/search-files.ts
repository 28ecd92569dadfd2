import type { ConversationRecord, SearchHitRecord } from '@pilotlight/chat';

import { INDEXED_CHARACTERS, MAX_FILES, toFileSnippet } from '../search-places.ts';
import type { SearchWords } from '../search-words.ts';
import type { PostgresSession } from './postgres-session.ts';
import { toTsquery } from './words.ts';

/**
 * Files that have all the words, by the index alone; of these the newest are read for words in a row. What is added to the number keeps the server from going
 * along the files, whose words are long.
 */
const PLACES = `
  SELECT f.key, max(m.seq) AS seq FROM (
    SELECT key FROM (
      SELECT key, words FROM attachment_words WHERE words @@ $1::tsquery ORDER BY key + 0 DESC LIMIT ${MAX_FILES}
    ) newest WHERE words @@ $2::tsquery
  ) f JOIN attachments a ON a.key = f.key JOIN message_attachments r ON r.attachment_id = a.id
  JOIN messages m ON m.id = r.message_id JOIN conversations c ON c.id = m.conversation_id
  WHERE c.deleted_ms IS NULL GROUP BY f.key, m.conversation_id ORDER BY seq DESC LIMIT ${MAX_FILES}`;
const FILES = `
  SELECT a.key, m.seq, a.id AS attachment_id, a.name, left(a.text, ${INDEXED_CHARACTERS}) AS text, m.id, m.conversation_id, m.role, m.created_ms
  FROM unnest($1::bigint[], $2::bigint[]) place (key, seq) JOIN attachments a ON a.key = place.key JOIN messages m ON m.seq = place.seq`;

/** An attached file at the newest message of a conversation that has it. */
export interface FilePlace {
  readonly kind: 'file';
  readonly key: number;
  readonly seq: number;
}

/** The newest first; each file once for each conversation. */
export async function findFiles(session: PostgresSession, words: SearchWords): Promise<FilePlace[]> {
  const apart = toTsquery({ ...words, phrases: words.phrases.flat().map((word) => [word]) });
  const found = (await session.planned(PLACES, apart, toTsquery(words))) as { readonly key: number; readonly seq: number }[];
  return found.map(({ key, seq }) => ({ kind: 'file', key, seq }));
}

export interface FileRow {
  readonly key: number;
  readonly seq: number;
  readonly attachment_id: string;
  readonly name: string;
  readonly text: string | null;
  readonly id: string;
  readonly conversation_id: string;
  readonly role: 'user' | 'assistant';
  readonly created_ms: number;
}

export async function readFiles(session: PostgresSession, places: readonly FilePlace[]): Promise<FileRow[]> {
  if (places.length === 0) return [];
  return (await session.all(
    FILES,
    places.map(({ key }) => key),
    places.map(({ seq }) => seq),
  )) as FileRow[];
}

export function toFileHit(conversation: ConversationRecord, row: FileRow, words: SearchWords): SearchHitRecord {
  const { attachment_id: id, name, text, role, created_ms: createdMs } = row;
  return {
    conversation,
    messageId: row.id,
    role,
    attachment: { id, name },
    createdMs,
    ...toFileSnippet({ name, text: text ?? '' }, words),
  };
}
