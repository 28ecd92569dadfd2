import { attachmentSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';
import { attachmentParamsSchema } from '../attachment-params.ts';

export const getAttachment = defineRoute({
  method: 'GET',
  path: '/api/attachments/{id}',
  family: 'attachments',
  summary: 'What is known of an attached file',
  params: attachmentParamsSchema,
  answers: { 200: { description: 'The file without its content', schema: attachmentSchema } },
  problems: ['attachment_not_found', 'storage_unavailable'],
  handle: async ({ params }, { chat }) => json((await chat.attachment(params.id)).attachment),
});
