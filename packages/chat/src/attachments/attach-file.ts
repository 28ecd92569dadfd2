import { createHash } from 'node:crypto';

import { ATTACHMENT_LIMITS, Problem } from '@pilotlight/contract';
import type { Attachment, AttachmentContent, Clock } from '@pilotlight/contract';

import type { ChatStore } from '../chat-store.ts';
import type { AttachmentRecord, NewAttachment } from './attachment-store.ts';
import { cleanFileName } from './clean-file-name.ts';
import { recogniseFile } from './recognise-file.ts';

/** The text of a PDF. */
export interface PdfText {
  readonly pages: number;
  /** Fewer, if it is too long. */
  readonly pagesRead: number;
  readonly text: string;
}

/** Reads the text of a PDF that may be hostile, within bounds of time and memory. Rejects with a `Problem` that says why it cannot. */
export type ReadPdf = (bytes: Uint8Array) => Promise<PdfText>;

export interface AttachmentHouse {
  readonly store: ChatStore;
  readonly clock: Clock;
  readonly readPdf: ReadPdf | undefined;
}

/** So long a file waits for a message that refers to it. */
const KEPT_MS = 24 * 60 * 60 * 1000;

type File = { readonly name: string; readonly bytes: Uint8Array };

/** Keeps a file under an id that is made from its name and content. Throws `Problem('attachment_refused' | 'attachment_too_large')`. */
export async function attachFile(house: AttachmentHouse, file: File): Promise<Attachment> {
  const record = await keepFile(house, file);
  await sweep(house);
  return toAttachmentView(record);
}

/** The same, without removing what is old. */
export async function keepFile({ store, clock, readPdf }: AttachmentHouse, file: File): Promise<AttachmentRecord> {
  const name = cleanFileName(file.name);
  const { bytes } = file;
  const nowMs = clock.now();
  const id = createHash('sha256').update(name).update('\0').update(bytes).digest('hex');
  const [known] = await store.attachments([id]);
  // One that is about to be swept away is kept anew, whole.
  if (known !== undefined && nowMs - known.attachedMs < KEPT_MS / 2) return known;
  const attachment = await toAttachment({ id, name, bytes, nowMs }, readPdf);
  await store.attach(attachment);
  return attachment;
}

interface NewFile {
  readonly id: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly nowMs: number;
}

async function toAttachment({ id, name, bytes, nowMs }: NewFile, readPdf: ReadPdf | undefined): Promise<NewAttachment> {
  const found = recogniseFile(bytes);
  if (found.kind === 'refused') throw new Problem('attachment_refused', found.reason);
  if (bytes.byteLength > ATTACHMENT_LIMITS[found.kind]) throw tooLarge(found.kind);
  const base = { id, name, bytes: bytes.byteLength, attachedMs: nowMs };
  switch (found.kind) {
    case 'text':
      return { ...base, kind: 'text', mediaType: 'text/plain', characters: found.text.length, text: found.text };
    case 'image':
      return { ...base, kind: 'image', mediaType: found.mediaType, width: found.width, height: found.height, content: bytes };
    case 'pdf': {
      if (readPdf === undefined) throw new Problem('attachment_refused', 'This server reads no PDFs.');
      const { pages, pagesRead, text } = await readPdf(bytes);
      if (text.trim() === '') throw new Problem('attachment_refused', 'The PDF has no text in it: its pages are pictures.');
      const facts = { pages, ...(pagesRead < pages && { pagesRead }), characters: text.length };
      return { ...base, kind: 'pdf', mediaType: 'application/pdf', ...facts, text, content: bytes };
    }
  }
}

/** A file beyond the limit of its kind. */
export function tooLarge(kind: keyof typeof ATTACHMENT_LIMITS): Problem {
  const words = { text: 'Text', pdf: 'A PDF', image: 'An image' };
  return new Problem('attachment_too_large', `${words[kind]} may have ${ATTACHMENT_LIMITS[kind] / 2 ** 20} MiB.`);
}

/** Removes files that were attached long ago and that no message refers to. */
export async function sweep({ store, clock }: Pick<AttachmentHouse, 'store' | 'clock'>): Promise<void> {
  await store.sweepAttachments(clock.now() - KEPT_MS);
}

/** One file with its content. Throws `Problem('attachment_not_found')`. */
export async function readAttachment(store: ChatStore, id: string): Promise<AttachmentContent> {
  const [record] = await store.attachments([id]);
  const content = record && (await store.attachmentContent(id));
  if (record === undefined || content === undefined) throw notAttached(id);
  return { attachment: toAttachmentView(record), content };
}

/** Throws `Problem('attachment_not_found' | 'attachment_in_use')`. */
export async function removeAttachment(store: ChatStore, id: string): Promise<void> {
  const outcome = await store.removeAttachment(id);
  if (outcome === 'missing') throw notAttached(id);
  if (outcome === 'in_use') throw new Problem('attachment_in_use', 'It belongs to a question that was sent.', { field: 'id' });
}

function notAttached(id: string): Problem {
  return new Problem('attachment_not_found', `There is no attachment ${id}.`, { field: 'id' });
}

/** An attachment as the wire has it. */
export function toAttachmentView({ mediaType, pagesRead, attachedMs: _at, ...record }: AttachmentRecord): Attachment {
  const { id, name, kind, bytes, characters, pages, width, height } = record;
  return {
    id,
    name,
    kind,
    media_type: mediaType,
    bytes,
    ...(characters !== undefined && { characters }),
    ...(pages !== undefined && { pages }),
    ...(pagesRead !== undefined && { pages_read: pagesRead }),
    ...(width !== undefined && { width }),
    ...(height !== undefined && { height }),
  };
}
