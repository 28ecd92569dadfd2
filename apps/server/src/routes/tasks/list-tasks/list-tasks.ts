import { tasksViewSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';

export const listTasks = defineRoute({
  method: 'GET',
  path: '/api/tasks',
  family: 'tasks',
  summary: 'Which models answer which task, in which order, and who would answer now',
  description: 'A task without a route of its own uses the default model. "from" says whose word a route is: kept is what was set here.',
  answers: { 200: { description: 'Every task', schema: tasksViewSchema } },
  problems: ['shutting_down'],
  handle: (_request, { preferences }) => json(preferences.tasks()),
});
