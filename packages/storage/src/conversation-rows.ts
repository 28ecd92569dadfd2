import type { AttachmentRecord, ConversationDetailsRecord, ConversationRecord, MessageRecord, NewMessage } from '@pilotlight/chat';

import { toSettings } from './settings-json.ts';

/** A row of `conversations` with the running generation, as every database gives it. */
export interface ConversationRow {
  readonly id: string;
  readonly title: string;
  readonly created_ms: number;
  readonly updated_ms: number;
  readonly head_id: string | null;
  readonly pinned: number;
  readonly archived: number;
  readonly folder: string | null;
  readonly settings: string | null;
  readonly deleted_ms: number | null;
  readonly running_id: string | null;
}

/** The row with its settings. */
export function toDetails(row: ConversationRow): ConversationDetailsRecord {
  return { conversation: toRecord(row), settings: toSettings(row.settings) };
}

export function toRecord(row: ConversationRow): ConversationRecord {
  return {
    id: row.id,
    title: row.title,
    createdMs: row.created_ms,
    updatedMs: row.updated_ms,
    headId: row.head_id,
    pinned: row.pinned === 1,
    archived: row.archived === 1,
    folder: row.folder ?? undefined,
    runningGenerationId: row.running_id ?? undefined,
  };
}

/** A row of `messages`, as every database gives it. */
export interface MessageRow {
  readonly id: string;
  readonly parent_id: string | null;
  readonly role: MessageRecord['role'];
  readonly content: string;
  readonly created_ms: number;
  readonly system: string | null;
  readonly reasoning: string | null;
  readonly state: NonNullable<MessageRecord['state']> | null;
  readonly generation_id: string | null;
  readonly model: string | null;
  readonly finish_reason: string | null;
  readonly receipt: string | null;
  readonly error: string | null;
  readonly continues_id: string | null;
}

export function toMessage(row: MessageRow, attachments: readonly AttachmentRecord[] = []): MessageRecord {
  return {
    id: row.id,
    parentId: row.parent_id,
    role: row.role,
    content: row.content,
    createdMs: row.created_ms,
    system: row.system ?? undefined,
    reasoning: row.reasoning ?? undefined,
    state: row.state ?? undefined,
    generationId: row.generation_id ?? undefined,
    model: row.model ?? undefined,
    finishReason: row.finish_reason ?? undefined,
    receipt: row.receipt === null ? undefined : (JSON.parse(row.receipt) as MessageRecord['receipt']),
    error: row.error === null ? undefined : (JSON.parse(row.error) as MessageRecord['error']),
    continues: row.continues_id ?? undefined,
    ...(attachments.length > 0 && { attachments }),
  };
}

/** The values of a new message, in the order of the columns of its INSERT. */
export function toMessageValues(conversationId: string, message: NewMessage): (string | number | null)[] {
  const { id, parentId, role, content, createdMs, system, state, reasoning, model, finishReason, receipt, error, continues } = message;
  const texts = [system, state, reasoning, model, finishReason].map((value) => value ?? null);
  return [id, conversationId, parentId, role, content, createdMs, ...texts, toJson(receipt), toJson(error), continues ?? null];
}

export function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
