import { tasksViewSchema, taskTableSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';

export const setTasks = defineRoute({
  method: 'PUT',
  path: '/api/tasks',
  family: 'tasks',
  summary: 'Set the whole table of routes',
  description:
    'For each task the models to try, in that order. All of it or nothing: a model that no engine has is refused with the names that are near, unless the table had it, as its engine may be away. It holds from the next request on, loses none, and is kept across restarts.',
  body: taskTableSchema,
  answers: { 200: { description: 'The table as it stands now', schema: tasksViewSchema } },
  problems: ['model_not_found', 'storage_unavailable', 'shutting_down'],
  handle: async ({ body }, { preferences }) => json(await preferences.setTasks(body.tasks)),
});
