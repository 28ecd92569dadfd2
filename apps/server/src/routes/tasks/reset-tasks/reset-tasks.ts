import { tasksViewSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';

export const resetTasks = defineRoute({
  method: 'DELETE',
  path: '/api/tasks',
  family: 'tasks',
  summary: 'Take back what was set: the routes of pilotlight.yaml hold again',
  answers: { 200: { description: 'The table as it stands now', schema: tasksViewSchema } },
  problems: ['storage_unavailable', 'shutting_down'],
  handle: async (_request, { preferences }) => json(await preferences.setTasks(undefined)),
});
