import { taskSchema, taskViewSchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';

export const getTask = defineRoute({
  method: 'GET',
  path: '/api/models/tasks/{task}',
  family: 'tasks',
  summary: 'Which models answer one task, and who would answer now',
  description: 'Also for a task without a route, which uses the default model.',
  params: z.strictObject({ task: taskSchema }),
  answers: { 200: { description: 'The task', schema: taskViewSchema } },
  problems: ['shutting_down'],
  handle: ({ params }, { preferences }) => json(preferences.task(params.task)),
});
