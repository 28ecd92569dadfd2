import type { ConversationRecord, SearchHitRecord, SearchQuery } from '@pilotlight/chat';

import { inTurn } from '../search-places.ts';
import { toSnippet } from '../search-snippet.ts';
import { toSearchWords } from '../search-words.ts';
import type { SearchWords } from '../search-words.ts';
import { MAX_MESSAGES, MAX_TITLES } from '../sqlite-search.ts';
import { findConversations } from './conversations.ts';
import type { PostgresSession } from './postgres-session.ts';
import { findFiles, readFiles, toFileHit } from './search-files.ts';
import type { FilePlace, FileRow } from './search-files.ts';
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

/** The search over titles, which come first, and messages and attached files. */
export async function search(session: PostgresSession, { text, skip, limit }: SearchQuery): Promise<readonly SearchHitRecord[]> {
  const words = toSearchWords(text);
  if (words === undefined) return [];
  const titles = (await session.planned(TITLES, toTsquery(words))) as { readonly conversation_id: string }[];
  const shownTitles = titles.slice(skip, skip + limit).map(({ conversation_id: id }) => id);
  const from = Math.max(0, skip - titles.length);
  const places = shownTitles.length === limit ? [] : await findPlaces(session, words);
  const found = await readPlaces(session, places.slice(from, from + limit - shownTitles.length));
  const conversations = await findConversations(session, [...shownTitles, ...found.map(({ row }) => row.conversation_id)]);
  return [
    ...shownTitles.map((id) => toTitleHit(conversations.get(id), words)),
    ...found.map((one) => toHit(conversations, one, words)),
  ].filter((hit) => hit !== undefined);
}

type Place = { readonly kind: 'message'; readonly seq: number } | FilePlace;

async function findPlaces(session: PostgresSession, words: SearchWords): Promise<Place[]> {
  const messages = await findMessages(session, words);
  return inTurn(
    messages.map((seq) => ({ kind: 'message' as const, seq })),
    await findFiles(session, words),
  );
}

type Found = { readonly kind: 'message'; readonly row: MessageRow } | { readonly kind: 'file'; readonly row: FileRow };

/** What stands at these places, in their order. */
async function readPlaces(session: PostgresSession, places: readonly Place[]): Promise<Found[]> {
  const messages = await readMessages(
    session,
    places.flatMap((place) => (place.kind === 'message' ? [place.seq] : [])),
  );
  const files = await readFiles(
    session,
    places.filter((place) => place.kind === 'file'),
  );
  return places.flatMap((place): Found[] => {
    if (place.kind === 'message') return messages.filter(({ seq }) => seq === place.seq).map((row) => ({ kind: 'message', row }));
    return files.filter(({ key, seq }) => key === place.key && seq === place.seq).map((row) => ({ kind: 'file', row }));
  });
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

async function readMessages(session: PostgresSession, seqs: readonly number[]): Promise<MessageRow[]> {
  return seqs.length === 0 ? [] : ((await session.all(MESSAGES, seqs)) as MessageRow[]);
}

function toTitleHit(conversation: ConversationRecord | undefined, words: SearchWords): SearchHitRecord | undefined {
  if (conversation === undefined) return undefined;
  const { title, createdMs } = conversation;
  return { conversation, messageId: undefined, role: undefined, attachment: undefined, createdMs, ...toSnippet(title, words) };
}

function toHit(conversations: ReadonlyMap<string, ConversationRecord>, found: Found, words: SearchWords): SearchHitRecord | undefined {
  const conversation = conversations.get(found.row.conversation_id);
  if (conversation === undefined) return undefined;
  if (found.kind === 'file') return toFileHit(conversation, found.row, words);
  const { id: messageId, role, content, created_ms: createdMs } = found.row;
  return { conversation, messageId, role, attachment: undefined, createdMs, ...toSnippet(content, words) };
}
