import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';

export const getLiveness = defineRoute({
  method: 'GET',
  path: '/livez',
  family: 'health',
  summary: 'The process turns',
  access: 'open',
  answers: { 200: { description: 'It does', schema: z.object({ status: z.literal('ok') }) } },
  problems: [],
  handle: () => json({ status: 'ok' }),
});
