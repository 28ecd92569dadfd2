import { defineRoute } from '../../../http/define-route.ts';
import { presetParamsSchema } from '../preset-params.ts';

export const deletePreset = defineRoute({
  method: 'DELETE',
  path: '/api/presets/{id}',
  family: 'presets',
  summary: 'Remove a preset',
  description: 'Conversations that have a copy stay as they are.',
  params: presetParamsSchema,
  answers: { 204: { description: 'Removed' } },
  problems: ['preset_not_found', 'storage_unavailable'],
  async handle({ params }, { chat }) {
    await chat.removePreset(params.id);
    return { kind: 'empty' };
  },
});
