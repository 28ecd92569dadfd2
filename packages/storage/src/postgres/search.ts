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
const FREQUENT_FROM = 30;
const WALKED = 100_000;
/** From so many of them on there are enough among the newest messages, so that the index need not be followed to the oldest. */
const COMMON_FROM = 4;
/** Twice as many as are wanted should stand among those that are looked at. */
const MARGIN = 2;
/** Of words in a row, each message that has all of them somewhere has to be read: so many, and no older ones. */
const MOST_READ = 5_000;
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
/** The same in the newest messages. */
const COMMON = RANKED(`
  SELECT seq, words FROM message_words
  WHERE words @@ $1::tsquery AND seq > (SELECT max(seq) FROM message_words) - $2::bigint ORDER BY seq + 0 DESC LIMIT ${MAX_MESSAGES}`);
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
  const messages = wanted === 0 ? [] : await findMessages(session, words);
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
async function findMessages(session: PostgresSession, words: SearchWords): Promise<number[]> {
  const found = await findNewest(session, words);
  return found
    .filter(({ is_shown: isShown }) => isShown)
    .toSorted((left, right) => right.place - left.place || right.seq - left.seq)
    .map(({ seq }) => seq);
}

/** By the way that is quick for words as frequent as these. */
async function findNewest(session: PostgresSession, words: SearchWords): Promise<Ranked[]> {
  const query = toTsquery(words);
  const along = async (sql: string, ...values: number[]): Promise<Ranked[]> => (await session.planned(sql, query, ...values)) as Ranked[];
  const sampled = await sample(session, query);
  if (sampled >= FREQUENT_FROM) {
    const walked = await along(FREQUENT);
    if (walked.length >= MAX_MESSAGES) return walked;
  }
  if (words.phrases.some(({ length }) => length > 1)) {
    const together = await sample(session, toTsquery({ ...words, phrases: words.phrases.flat().map((word) => [word]) }));
    return along(COMMON, Math.floor((MOST_READ * SAMPLED) / Math.max(1, together)));
  }
  const newest = sampled >= COMMON_FROM ? await along(COMMON, Math.ceil((MARGIN * MAX_MESSAGES * SAMPLED) / sampled)) : [];
  return newest.length >= MAX_MESSAGES ? newest : along(RARE);
}

/** How many of the newest messages match. */
async function sample(session: PostgresSession, query: string): Promise<number> {
  const [row] = (await session.planned(SAMPLE, query)) as { readonly count: number }[];
  return row?.count ?? 0;
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
