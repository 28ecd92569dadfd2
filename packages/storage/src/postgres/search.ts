import type { ConversationRecord, SearchHitRecord, SearchQuery } from '@pilotlight/chat';

import { toSnippet } from '../search-snippet.ts';
import { toSearchWords } from '../search-words.ts';
import type { SearchWords } from '../search-words.ts';
import { MAX_MESSAGES, MAX_TITLES } from '../sqlite-search.ts';
import { findConversations } from './conversations.ts';
import type { PostgresSession } from './postgres-session.ts';
import { toTsquery } from './words.ts';

/** So many of the newest messages tell how frequent what is looked for is. */
const SAMPLED = 2_000;
/** From so many of them on it is found quicker along the messages than by the index: enough of them stand among the `WALKED` newest. */
const FREQUENT_FROM = 60;
const WALKED = 50_000;
/** The rank takes the length of a text into account: few words that fit are more than the same ones among many. */
const BY_LENGTH = 1;

const TITLES = `
  SELECT f.conversation_id FROM (
    SELECT key, conversation_id, ts_rank(words, $1::tsquery, ${BY_LENGTH}) AS place FROM title_words
    WHERE words @@ $1::tsquery ORDER BY key DESC LIMIT ${MAX_TITLES}
  ) f JOIN conversations c ON c.id = f.conversation_id WHERE c.deleted_ms IS NULL ORDER BY f.place DESC, f.key DESC`;
const SAMPLE = `
  SELECT count(*) AS count FROM (SELECT words FROM message_words ORDER BY seq DESC LIMIT ${SAMPLED}) newest WHERE words @@ $1::tsquery`;
const RANKED = (found: string): string => `
  SELECT f.seq, f.place, c.deleted_ms IS NULL AS is_shown
  FROM (SELECT seq, ts_rank(words, $1::tsquery, ${BY_LENGTH}) AS place FROM (${found}) found) f
  JOIN messages m ON m.seq = f.seq JOIN conversations c ON c.id = m.conversation_id`;
/** Along the messages, newest first, until there are enough. */
const FREQUENT = RANKED(`
  SELECT seq, words FROM (SELECT seq, words FROM message_words ORDER BY seq DESC LIMIT ${WALKED}) newest
  WHERE words @@ $1::tsquery LIMIT ${MAX_MESSAGES}`);
/** Along the index: what is added to the number keeps the server from going along the messages. */
const RARE = RANKED(`SELECT seq, words FROM message_words WHERE words @@ $1::tsquery ORDER BY seq + 0 DESC LIMIT ${MAX_MESSAGES}`);
const MESSAGES = 'SELECT seq, id, conversation_id, role, content, created_ms FROM messages WHERE seq = ANY ($1)';

interface MessageRow {
  readonly seq: number;
  readonly id: string;
  readonly conversation_id: string;
  readonly role: 'user' | 'assistant';
  readonly content: string;
  readonly created_ms: number;
}

/** The search over titles, which come first, and messages. */
export async function search(session: PostgresSession, { text, skip, limit }: SearchQuery): Promise<readonly SearchHitRecord[]> {
  const words = toSearchWords(text);
  if (words === undefined) return [];
  const query = toTsquery(words);
  const titles = (await session.planned(TITLES, query)) as { readonly conversation_id: string }[];
  const shownTitles = titles.slice(skip, skip + limit).map(({ conversation_id: id }) => id);
  const from = Math.max(0, skip - titles.length);
  const wanted = limit - shownTitles.length;
  const messages = wanted === 0 ? [] : await findMessages(session, query);
  const rows = await readMessages(session, messages.slice(from, from + wanted));
  const conversations = await findConversations(session, [...shownTitles, ...rows.map((row) => row.conversation_id)]);
  return [
    ...shownTitles.map((id) => toTitleHit(conversations.get(id), words)),
    ...rows.map((row) => toMessageHit(conversations.get(row.conversation_id), row, words)),
  ].filter((hit) => hit !== undefined);
}

interface Ranked {
  readonly seq: number;
  readonly place: number;
  readonly is_shown: boolean;
}

/** The numbers of the newest messages that match, the best first. */
async function findMessages(session: PostgresSession, query: string): Promise<number[]> {
  const [sample] = (await session.planned(SAMPLE, query)) as { readonly count: number }[];
  const isFrequent = sample !== undefined && sample.count >= FREQUENT_FROM;
  const walked = isFrequent ? ((await session.planned(FREQUENT, query)) as Ranked[]) : [];
  const found = walked.length >= MAX_MESSAGES ? walked : ((await session.planned(RARE, query)) as Ranked[]);
  return found
    .filter(({ is_shown: isShown }) => isShown)
    .toSorted((left, right) => right.place - left.place || right.seq - left.seq)
    .map(({ seq }) => seq);
}

/** In the order of their numbers. */
async function readMessages(session: PostgresSession, seqs: readonly number[]): Promise<MessageRow[]> {
  if (seqs.length === 0) return [];
  const rows = new Map(((await session.all(MESSAGES, seqs)) as MessageRow[]).map((row) => [row.seq, row]));
  return seqs.map((seq) => rows.get(seq)).filter((row) => row !== undefined);
}

function toTitleHit(conversation: ConversationRecord | undefined, words: SearchWords): SearchHitRecord | undefined {
  if (conversation === undefined) return undefined;
  const { title, createdMs } = conversation;
  return { conversation, messageId: undefined, role: undefined, createdMs, ...toSnippet(title, words) };
}

function toMessageHit(conversation: ConversationRecord | undefined, row: MessageRow, words: SearchWords): SearchHitRecord | undefined {
  if (conversation === undefined) return undefined;
  return { conversation, messageId: row.id, role: row.role, createdMs: row.created_ms, ...toSnippet(row.content, words) };
}
