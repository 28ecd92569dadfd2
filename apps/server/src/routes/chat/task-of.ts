import { Problem } from '@pilotlight/contract';

/** The task of a request. `task_type` is its name in the older surface; both may stand there if they agree. */
export function taskOf({
  task,
  task_type: older,
}: {
  readonly task?: string | undefined;
  readonly task_type?: string | undefined;
}): string {
  if (task !== undefined && older !== undefined && task !== older)
    throw new Problem('invalid_request', `"task" says ${task} and "task_type" says ${older}: give one of them.`, { field: 'task' });
  return task ?? older ?? 'chat';
}
