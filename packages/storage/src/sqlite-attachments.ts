import type { AttachmentRecord, AttachmentStore } from '@pilotlight/chat';

import { toAttachmentRecord, toAttachmentValues, toPromptContent, toSummary } from './attachment-rows.ts';
import type { AttachmentRow, PromptRow, SummaryRow } from './attachment-rows.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

type Method<Name extends keyof AttachmentStore> = (
  ...parameters: Parameters<AttachmentStore[Name]>
) => Awaited<ReturnType<AttachmentStore[Name]>>;

/** Attached files, and summaries. What writes runs within the caller's transaction. */
export type AttachmentTables = { readonly [Name in keyof AttachmentStore]: Method<Name> } & {
  /** Lets a message refer to these. Returns the first that is not there. */
  readonly refer: (messageId: string, ids: readonly string[]) => string | undefined;
  /** Of all messages of a conversation that have some. */
  readonly ofConversation: (conversationId: string) => ReadonlyMap<string, readonly AttachmentRecord[]>;
  readonly ofMessage: (messageId: string) => readonly AttachmentRecord[];
};

const RECORD = 'a.id, a.name, a.kind, a.media_type, a.bytes, a.facts, a.attached_ms';

export function createAttachmentTables(connection: SqliteConnection): AttachmentTables {
  const find = connection.prepare(`SELECT ${RECORD} FROM attachments a WHERE a.id = ?`);
  const ofMessage = connection.prepare(`
    SELECT ${RECORD} FROM message_attachments r JOIN attachments a ON a.id = r.attachment_id WHERE r.message_id = ? ORDER BY r.place`);
  const ofConversation = connection.prepare(`
    SELECT r.message_id, ${RECORD} FROM messages m JOIN message_attachments r ON r.message_id = m.id JOIN attachments a ON a.id = r.attachment_id
    WHERE m.conversation_id = ? ORDER BY r.message_id, r.place`);
  const insertReference = connection.prepare('INSERT INTO message_attachments (message_id, place, attachment_id) VALUES (?, ?, ?)');
  const rows = (ids: readonly string[]): AttachmentRow[] =>
    ids.map((id) => find.get(id) as AttachmentRow | undefined).filter((row) => row !== undefined);
  return {
    ...createFiles(connection),
    ...createSummaries(connection),
    attachments: (ids) => rows(ids).map(toAttachmentRecord),
    refer(messageId, ids) {
      const missing = ids.find((id) => find.get(id) === undefined);
      if (missing === undefined) for (const [place, id] of ids.entries()) insertReference.run(messageId, place, id);
      return missing;
    },
    ofMessage: (messageId) => (ofMessage.all(messageId) as AttachmentRow[]).map(toAttachmentRecord),
    ofConversation(conversationId) {
      const found = ofConversation.all(conversationId) as (AttachmentRow & { readonly message_id: string })[];
      const byMessage = Map.groupBy(found, ({ message_id: messageId }) => messageId);
      return new Map([...byMessage].map(([messageId, records]) => [messageId, records.map(toAttachmentRecord)]));
    },
  };
}

type FileMethods = 'attach' | 'promptContents' | 'attachmentContent' | 'removeAttachment' | 'sweepAttachments';

function createFiles(connection: SqliteConnection): Pick<AttachmentTables, FileMethods> {
  const insert = connection.prepare(`
    INSERT INTO attachments (id, name, kind, media_type, bytes, facts, attached_ms, text, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET attached_ms = max(attachments.attached_ms, excluded.attached_ms)`);
  const forPrompt = connection.prepare(`SELECT id, text, CASE WHEN kind = 'image' THEN content END AS image FROM attachments WHERE id = ?`);
  const content = connection.prepare('SELECT text, content FROM attachments WHERE id = ?');
  const isThere = connection.prepare('SELECT 1 FROM attachments WHERE id = ?');
  const isUsed = connection.prepare('SELECT 1 FROM message_attachments WHERE attachment_id = ? LIMIT 1');
  const remove = connection.prepare('DELETE FROM attachments WHERE id = ?');
  const sweep = connection.prepare(`
    DELETE FROM attachments WHERE attached_ms < ?
      AND NOT EXISTS (SELECT 1 FROM message_attachments r WHERE r.attachment_id = attachments.id)`);
  return {
    attach: (attachment) => void insert.run(...toAttachmentValues(attachment)),
    promptContents: (ids) =>
      ids
        .map((id) => forPrompt.get(id) as PromptRow | undefined)
        .filter((row) => row !== undefined)
        .map(toPromptContent),
    attachmentContent(id) {
      const row = content.get(id) as { readonly text: string | null; readonly content: Uint8Array | null } | undefined;
      return row && (row.content ?? new TextEncoder().encode(row.text ?? ''));
    },
    removeAttachment(id) {
      if (isThere.get(id) === undefined) return 'missing';
      if (isUsed.get(id) !== undefined) return 'in_use';
      remove.run(id);
      return 'removed';
    },
    sweepAttachments: (beforeMs) => Number(sweep.run(beforeMs).changes),
  };
}

function createSummaries(connection: SqliteConnection): Pick<AttachmentTables, 'summaries' | 'keepSummary'> {
  const select = connection.prepare('SELECT until_id, text, model FROM summaries WHERE conversation_id = ?');
  const insert = connection.prepare(`
    INSERT INTO summaries (until_id, conversation_id, text, model, made_ms) SELECT m.id, m.conversation_id, ?, ?, ?
    FROM messages m WHERE m.id = ? AND m.conversation_id = ?
    ON CONFLICT (until_id) DO UPDATE SET text = excluded.text, model = excluded.model, made_ms = excluded.made_ms`);
  return {
    summaries: (conversationId) => (select.all(conversationId) as SummaryRow[]).map(toSummary),
    keepSummary: ({ conversationId, untilId, text, model, atMs }) => void insert.run(text, model, atMs, untilId, conversationId),
  };
}
