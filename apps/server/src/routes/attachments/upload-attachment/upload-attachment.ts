import { attachmentSchema, Problem } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';
import { readUpload } from './read-upload.ts';

/** So many files are taken in at once: each stands in memory until it is stored. */
const MOST_AT_ONCE = 6;
let running = 0;

export const uploadAttachment = defineRoute({
  method: 'POST',
  path: '/api/attachments',
  family: 'attachments',
  summary: 'Keep a file, to be sent with a message',
  description:
    'The body is the file itself, as application/octet-stream. What it is, is decided by its content: text and code in UTF-8 (2 MiB), PDF (20 MiB), PNG, JPEG, WebP or GIF (10 MiB). The same file under the same name has the same id. A file that no message refers to is removed after a day.',
  query: z.strictObject({ name: z.string().min(1).max(1000) }),
  takesFile: true,
  answers: { 201: { description: 'Kept; messages refer to it by its id', schema: attachmentSchema } },
  problems: ['attachment_refused', 'attachment_too_large', 'queue_full', 'storage_unavailable'],
  async handle({ query, file }, { chat }) {
    if (running >= MOST_AT_ONCE) throw new Problem('queue_full', 'Other files are being taken in.', { retryAfterSeconds: 2 });
    running += 1;
    try {
      return json(await chat.attach({ name: query.name, bytes: await readUpload(file) }), 201);
    } finally {
      running -= 1;
    }
  },
});
