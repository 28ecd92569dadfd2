import type { AttachmentRecord, NewAttachment, PromptContent, SummaryRecord } from '@pilotlight/chat';

/** A row of `attachments` without what is in it, as every database gives it. */
export interface AttachmentRow {
  readonly id: string;
  readonly name: string;
  readonly kind: AttachmentRecord['kind'];
  readonly media_type: string;
  readonly bytes: number;
  readonly facts: string;
  readonly attached_ms: number;
}

type Facts = Pick<AttachmentRecord, 'characters' | 'pages' | 'pagesRead' | 'width' | 'height'>;

export function toAttachmentRecord(row: AttachmentRow): AttachmentRecord {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    mediaType: row.media_type,
    bytes: row.bytes,
    ...(JSON.parse(row.facts) as Facts),
    attachedMs: row.attached_ms,
  };
}

/** In the order of the columns of its INSERT. */
export function toAttachmentValues(attachment: NewAttachment): (string | number | null | Uint8Array)[] {
  const { id, name, kind, mediaType, bytes, attachedMs, text, content, characters, pages, pagesRead, width, height } = attachment;
  const facts: Facts = { characters, pages, pagesRead, width, height };
  return [id, name, kind, mediaType, bytes, JSON.stringify(facts), attachedMs, text ?? null, content ?? null];
}

/** What a model reads of it. */
export interface PromptRow {
  readonly id: string;
  readonly text: string | null;
  readonly image: Uint8Array | null;
}

export function toPromptContent({ id, text, image }: PromptRow): PromptContent {
  return { id, ...(text !== null && { text }), ...(image !== null && { image }) };
}

/** A row of `summaries`, as every database gives it. */
export interface SummaryRow {
  readonly until_id: string;
  readonly text: string;
  readonly model: string;
}

export function toSummary(row: SummaryRow): SummaryRecord {
  return { untilId: row.until_id, text: row.text, model: row.model };
}
