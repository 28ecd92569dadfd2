import type { Attachment } from '@pilotlight/contract';

import { defineRoute } from '../../../http/define-route.ts';
import { attachmentParamsSchema } from '../attachment-params.ts';

export const getAttachmentContent = defineRoute({
  method: 'GET',
  path: '/api/attachments/{id}/content',
  family: 'attachments',
  summary: 'An attached file as it came',
  description:
    'Images under their own type; text always as plain text, whatever language it is in; PDFs to be saved. Nothing of it can run in a browser.',
  params: attachmentParamsSchema,
  answers: { 200: { description: 'The file', contentType: 'application/octet-stream' } },
  problems: ['attachment_not_found', 'storage_unavailable'],
  async handle({ params }, { chat }) {
    const { attachment, content } = await chat.attachment(params.id);
    return { kind: 'bytes', contentType: toContentType(attachment), body: content, headers: toHeaders(attachment) };
  },
});

function toContentType({ kind, media_type: mediaType }: Attachment): string {
  if (kind === 'image') return mediaType;
  return kind === 'text' ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}

function toHeaders({ kind, name }: Attachment): Readonly<Record<string, string>> {
  return {
    'content-disposition': `${kind === 'image' ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(name).replaceAll(/['()*]/g, encodeCharacter)}`,
    'content-security-policy': "default-src 'none'; sandbox",
  };
}

function encodeCharacter(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
