import type { PostgresSession } from './postgres-session.ts';
import { toTsvector } from './words.ts';

// The words that are searched, written in the transaction that writes the text.

const TITLE = `
  INSERT INTO title_words (conversation_id, words) SELECT id, $2::tsvector FROM conversations WHERE id = $1
  ON CONFLICT (conversation_id) DO UPDATE SET words = excluded.words`;
const MESSAGE = `
  INSERT INTO message_words (seq, words) SELECT seq, $2::tsvector FROM messages WHERE id = $1
  ON CONFLICT (seq) DO UPDATE SET words = excluded.words`;
const EMPTY = 'DELETE FROM message_words WHERE seq = (SELECT seq FROM messages WHERE id = $1)';

export async function writeTitleWords(session: PostgresSession, conversationId: string, title: string): Promise<void> {
  await session.run(TITLE, conversationId, toTsvector(title));
}

/** The words of a message in the place of those that it had. */
export async function writeMessageWords(session: PostgresSession, messageId: string, content: string): Promise<void> {
  if (content === '') await session.run(EMPTY, messageId);
  else await session.run(MESSAGE, messageId, toTsvector(content));
}
