import type { PostgresSession } from './postgres-session.ts';
import { INDEXED_CHARACTERS, STEP_FILES, toStep } from '../search-places.ts';
import type { OlderFile } from '../search-places.ts';
import { toTsvector } from './words.ts';

// The words that are searched, written in the transaction that writes the text.

const TITLE = `
  INSERT INTO title_words (conversation_id, words) SELECT id, $2::tsvector FROM conversations WHERE id = $1
  ON CONFLICT (conversation_id) DO UPDATE SET words = excluded.words`;
const MESSAGE = `
  INSERT INTO message_words (seq, words) SELECT seq, $2::tsvector FROM messages WHERE id = $1
  ON CONFLICT (seq) DO UPDATE SET words = excluded.words`;
const FILE = `
  INSERT INTO attachment_words (key, words) SELECT key, $2::tsvector FROM attachments WHERE id = $1 ON CONFLICT (key) DO NOTHING`;
/** The newest first: what is looked for is rather young. */
const OLDER = `
  SELECT n.key, least(coalesce((a.facts::json ->> 'characters')::integer, 0), ${INDEXED_CHARACTERS}) AS characters
  FROM attachments_to_index n JOIN attachments a ON a.key = n.key ORDER BY n.key DESC LIMIT ${STEP_FILES}`;
const EMPTY = 'DELETE FROM message_words WHERE seq = (SELECT seq FROM messages WHERE id = $1)';

export async function writeTitleWords(session: PostgresSession, conversationId: string, title: string): Promise<void> {
  await session.run(TITLE, conversationId, toTsvector(title));
}

/** The words of a message in the place of those that it had. */
export async function writeMessageWords(session: PostgresSession, messageId: string, content: string): Promise<void> {
  if (content === '') await session.run(EMPTY, messageId);
  else await session.run(MESSAGE, messageId, toTsvector(content));
}

/** The words of a file: of its name, and of the beginning of its text. */
export async function writeFileWords(session: PostgresSession, { id, name, text }: WordedFile): Promise<void> {
  await session.run(FILE, id, toFileVector({ name, text }));
}

/** What a file is found by; of images there is no text. */
export interface WordedFile {
  readonly id: string;
  readonly name: string;
  readonly text?: string | null | undefined;
}

export function toFileVector({ name, text }: Omit<WordedFile, 'id'>): string {
  return toTsvector(name, (text ?? '').slice(0, INDEXED_CHARACTERS));
}

/** Indexes some of what was attached before there was an index; resolves with whether there is more of it. */
export async function indexOlder(session: PostgresSession): Promise<boolean> {
  const keys = toStep((await session.all(OLDER)) as OlderFile[]);
  const files = await session.all(`SELECT id, name, left(text, ${INDEXED_CHARACTERS}) AS text FROM attachments WHERE key = ANY ($1)`, keys);
  for (const file of files as WordedFile[]) await writeFileWords(session, file);
  await session.run('DELETE FROM attachments_to_index WHERE key = ANY ($1)', keys);
  return (await session.get('SELECT 1 FROM attachments_to_index LIMIT 1')) !== undefined;
}
