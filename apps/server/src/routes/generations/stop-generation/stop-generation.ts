import { idSchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute } from '../../../http/define-route.ts';

export const stopGeneration = defineRoute({
  method: 'POST',
  path: '/api/generations/{id}/stop',
  family: 'generations',
  summary: 'Stop an answer',
  description: 'What was written is kept. Answered when the end is logged; at once if the answer had ended by itself.',
  params: z.strictObject({ id: idSchema }),
  answers: { 204: { description: 'It has ended' } },
  problems: ['generation_not_found', 'storage_unavailable'],
  async handle({ params }, { chat }) {
    await chat.stop(params.id);
    return { kind: 'empty' };
  },
});
