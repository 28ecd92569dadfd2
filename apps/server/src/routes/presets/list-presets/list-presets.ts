import { presetListSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';

export const listPresets = defineRoute({
  method: 'GET',
  path: '/api/presets',
  family: 'presets',
  summary: 'The presets: a model, a system prompt and options under a name',
  answers: { 200: { description: 'All of them, by name', schema: presetListSchema } },
  problems: ['storage_unavailable'],
  handle: async (_request, { chat }) => json({ presets: await chat.presets() }),
});
