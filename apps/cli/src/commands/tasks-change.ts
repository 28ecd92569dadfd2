import { tasksViewSchema } from '@pilotlight/contract';
import type { TasksView, TaskView } from '@pilotlight/contract';

import type { Command, CommandContext } from '../command.ts';
import { toPrintable } from '../printable.ts';

const PATH = '/api/tasks';

export const tasksChange: Command = {
  name: 'tasks',
  summary: 'Show which models answer which task, or set, unset or reset the routes',
  arguments: [
    {
      name: 'ACTION',
      description: 'set TASK MODEL…, unset TASK, or reset to what pilotlight.yaml says; without it the routes are shown',
      required: false,
    },
    { name: 'TASK', description: 'such as chat, code or title', required: false },
    { name: 'MODELS', description: 'names from "pilotlight models", the first to be tried first', required: false, takesRest: true },
  ],
  options: [],
  async run(context) {
    const [action, task, models = ''] = context.arguments;
    const names = models.split(/\s+/).filter((name) => name !== '');
    if (action === undefined) return show(context, await read(context));
    if (action === 'reset' && task === undefined) return show(context, await ask(context, 'DELETE'));
    if (action === 'set' && task !== undefined && names.length > 0) return change(context, task, names);
    if (action === 'unset' && task !== undefined && names.length === 0) return change(context, task, undefined);
    context.terminal.note('Write "tasks", "tasks set TASK MODEL…", "tasks unset TASK" or "tasks reset".\n');
    return 2;
  },
};

/** The table is set as a whole: what is there is sent again with the change in it. */
async function change(context: CommandContext, task: string, names: readonly string[] | undefined): Promise<number> {
  const { tasks } = await read(context);
  const present = tasks.filter(({ from }) => from !== 'none').map((view) => [view.task, view.models] as const);
  const table = new Map<string, readonly string[]>(present);
  if (names !== undefined) table.set(task, names);
  else if (!table.delete(task)) {
    context.terminal.note(`${task} has no route.\n`);
    return 1;
  }
  return show(context, await ask(context, 'PUT', { tasks: Object.fromEntries(table) }));
}

async function read({ server }: CommandContext): Promise<TasksView> {
  return tasksViewSchema.parse(await server.request('GET', PATH));
}

async function ask({ server }: CommandContext, method: 'PUT' | 'DELETE', body?: unknown): Promise<TasksView> {
  return tasksViewSchema.parse(await server.request(method, PATH, body));
}

function show({ terminal, json }: CommandContext, view: TasksView): number {
  terminal.write(json ? `${JSON.stringify(view)}\n` : `${toPrintable(view.tasks.map(toLine).join('\n'))}\n`);
  return 0;
}

function toLine({ task, models, from, first, reason }: TaskView): string {
  const route = from === 'none' ? 'the default model' : models.join(', then ');
  const now = first === undefined ? 'nobody can answer now' : `now ${first}`;
  return `${task}: ${route} (${now}${reason === undefined ? '' : `; ${reason}`})`;
}
