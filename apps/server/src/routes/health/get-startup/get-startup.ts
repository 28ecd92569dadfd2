import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';

const startupSchema = z.object({ status: z.enum(['started', 'starting']) });

export const getStartup = defineRoute({
  method: 'GET',
  path: '/startupz',
  family: 'health',
  summary: 'The start is done',
  description: 'Answers that a former process left open are closed, and each engine has been looked at once. Pages are served before that.',
  access: 'open',
  answers: { 200: { description: 'Done', schema: startupSchema }, 503: { description: 'Not yet', schema: startupSchema } },
  problems: [],
  handle: (_request, { state }) => (state.isStarted() ? json({ status: 'started' }) : json({ status: 'starting' }, 503)),
});
