import { defineRoute } from '../../../http/define-route.ts';
import { attachmentParamsSchema } from '../attachment-params.ts';

export const deleteAttachment = defineRoute({
  method: 'DELETE',
  path: '/api/attachments/{id}',
  family: 'attachments',
  summary: 'Remove a file that was not sent',
  description: 'What a message refers to goes with its conversation.',
  params: attachmentParamsSchema,
  answers: { 204: { description: 'It is gone' } },
  problems: ['attachment_not_found', 'attachment_in_use', 'storage_unavailable'],
  async handle({ params }, { chat }) {
    await chat.removeAttachment(params.id);
    return { kind: 'empty' };
  },
});
