import type { AttachmentRecord, NewAttachment, PromptContent, SummaryRecord } from '@pilotlight/chat';

import { toAttachmentRecord, toAttachmentValues, toPromptContent, toSummary } from '../attachment-rows.ts';
import type { AttachmentRow, PromptRow, SummaryRow } from '../attachment-rows.ts';
import { writeFileWords } from './index-words.ts';
import type { PostgresSession } from './postgres-session.ts';

// Attached files, and summaries. What writes runs within the caller's transaction.

const RECORD = 'a.id, a.name, a.kind, a.media_type, a.bytes, a.facts, a.attached_ms';
/** In the order of the ids; each as often as it is asked for. */
const WANTED = 'FROM unnest($1::text[]) WITH ORDINALITY wanted (id, place) JOIN attachments a ON a.id = wanted.id ORDER BY wanted.place';
const INSERT = `
  INSERT INTO attachments (id, name, kind, media_type, bytes, facts, attached_ms, text, content) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  ON CONFLICT (id) DO UPDATE SET attached_ms = greatest(attachments.attached_ms, excluded.attached_ms)`;
const SWEEP = `
  DELETE FROM attachments WHERE attached_ms < $1
    AND NOT EXISTS (SELECT 1 FROM message_attachments r WHERE r.attachment_id = attachments.id)`;
const KEEP_SUMMARY = `
  INSERT INTO summaries (until_id, conversation_id, text, model, made_ms) SELECT m.id, m.conversation_id, $1, $2, $3
  FROM messages m WHERE m.id = $4 AND m.conversation_id = $5
  ON CONFLICT (until_id) DO UPDATE SET text = excluded.text, model = excluded.model, made_ms = excluded.made_ms`;

export async function findAttachments(session: PostgresSession, ids: readonly string[]): Promise<AttachmentRecord[]> {
  return ((await session.all(`SELECT ${RECORD} ${WANTED}`, ids)) as AttachmentRow[]).map(toAttachmentRecord);
}

/** Lets a message refer to these. Returns the first that is not there. */
export async function refer(session: PostgresSession, messageId: string, ids: readonly string[]): Promise<string | undefined> {
  if (ids.length === 0) return undefined;
  const there = new Set((await findAttachments(session, ids)).map(({ id }) => id));
  const missing = ids.find((id) => !there.has(id));
  if (missing !== undefined) return missing;
  for (const [place, id] of ids.entries()) {
    await session.run('INSERT INTO message_attachments (message_id, place, attachment_id) VALUES ($1, $2, $3)', messageId, place, id);
  }
  return undefined;
}

export async function attachmentsOfMessage(session: PostgresSession, messageId: string): Promise<AttachmentRecord[]> {
  const sql = `SELECT ${RECORD} FROM message_attachments r JOIN attachments a ON a.id = r.attachment_id WHERE r.message_id = $1 ORDER BY r.place`;
  return ((await session.all(sql, messageId)) as AttachmentRow[]).map(toAttachmentRecord);
}

/** Of all messages of a conversation that have some. */
export async function attachmentsOfConversation(
  session: PostgresSession,
  conversationId: string,
): Promise<ReadonlyMap<string, readonly AttachmentRecord[]>> {
  const sql = `
    SELECT r.message_id, ${RECORD} FROM messages m JOIN message_attachments r ON r.message_id = m.id JOIN attachments a ON a.id = r.attachment_id
    WHERE m.conversation_id = $1 ORDER BY r.message_id, r.place`;
  const found = (await session.all(sql, conversationId)) as (AttachmentRow & { readonly message_id: string })[];
  const byMessage = Map.groupBy(found, ({ message_id: messageId }) => messageId);
  return new Map([...byMessage].map(([messageId, rows]) => [messageId, rows.map(toAttachmentRecord)]));
}

export async function attach(session: PostgresSession, attachment: NewAttachment): Promise<void> {
  const isThere = (await session.get('SELECT 1 FROM attachments WHERE id = $1', attachment.id)) !== undefined;
  await session.run(INSERT, ...toAttachmentValues(attachment));
  if (!isThere) await writeFileWords(session, attachment);
}

export async function readPromptContents(session: PostgresSession, ids: readonly string[]): Promise<PromptContent[]> {
  const sql = `SELECT a.id, a.text, CASE WHEN a.kind = 'image' THEN a.content END AS image ${WANTED}`;
  return ((await session.all(sql, ids)) as PromptRow[]).map(toPromptContent);
}

export async function readAttachmentContent(session: PostgresSession, id: string): Promise<Uint8Array | undefined> {
  const found = (await session.get('SELECT text, content FROM attachments WHERE id = $1', id)) as
    | { readonly text: string | null; readonly content: Uint8Array | null }
    | undefined;
  return found && (found.content ?? new TextEncoder().encode(found.text ?? ''));
}

export async function removeAttachment(session: PostgresSession, id: string): Promise<'removed' | 'missing' | 'in_use'> {
  if ((await session.get('SELECT 1 FROM attachments WHERE id = $1', id)) === undefined) return 'missing';
  if ((await session.get('SELECT 1 FROM message_attachments WHERE attachment_id = $1 LIMIT 1', id)) !== undefined) return 'in_use';
  await session.run('DELETE FROM attachments WHERE id = $1', id);
  return 'removed';
}

export function sweepAttachments(session: PostgresSession, beforeMs: number): Promise<number> {
  return session.run(SWEEP, beforeMs);
}

export async function readSummaries(session: PostgresSession, conversationId: string): Promise<SummaryRecord[]> {
  const sql = 'SELECT until_id, text, model FROM summaries WHERE conversation_id = $1';
  return ((await session.all(sql, conversationId)) as SummaryRow[]).map(toSummary);
}

export interface KeptSummary extends SummaryRecord {
  readonly conversationId: string;
  readonly atMs: number;
}

export async function keepSummary(session: PostgresSession, summary: KeptSummary): Promise<void> {
  const { conversationId, untilId, text, model, atMs } = summary;
  await session.run(KEEP_SUMMARY, text, model, atMs, untilId, conversationId);
}
