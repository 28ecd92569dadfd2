import { isMap, isScalar, isSeq } from './lazy-yaml.ts';
import { closest } from './suggestion.ts';
import { parseModelName } from './values/plain.ts';

/** Which models answer a task, in order, and which one if none of them can. */
export interface TaskRoute {
  readonly models: readonly string[];
  readonly fallback?: string;
}

export type TaskRoutes = Readonly<Record<string, TaskRoute>>;

const TASK_NAME = /^[a-z][a-z0-9_-]{0,63}$/;
const ROUTE_KEYS = ['models', 'fallback'];
const SHAPE = '{models: [NAME, …], fallback: NAME}';

interface Reading {
  readonly where: (node: unknown) => string;
  readonly problems: string[];
}

/** The `tasks` of the file: task → models in order and a fallback. A single name stands for a list of one. */
export function readTasks(
  node: unknown,
  where: (node: unknown) => string,
): { readonly tasks: TaskRoutes; readonly problems: readonly string[] } {
  const reading: Reading = { where, problems: [] };
  const tasks: Record<string, TaskRoute> = {};
  if (node === null || (isScalar(node) && node.value === null)) return { tasks, problems: [] };
  if (!isMap(node)) return { tasks, problems: [`${where(node)}: "tasks" must name tasks, each with ${SHAPE}.`] };
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (!TASK_NAME.test(name)) {
      reading.problems.push(
        `${where(key)}: "${name}" is no name for a task; it must be lower-case letters, digits, hyphens and underscores.`,
      );
      continue;
    }
    const route = readRoute(name, value, reading);
    if (route !== undefined) tasks[name] = route;
  }
  return { tasks, problems: reading.problems };
}

function readRoute(task: string, node: unknown, reading: Reading): TaskRoute | undefined {
  if (!isMap(node)) {
    reading.problems.push(`${reading.where(node)}: the task "${task}" must be ${SHAPE}.`);
    return undefined;
  }
  for (const { key } of node.items) {
    const name = isScalar(key) ? String(key.value) : '';
    if (ROUTE_KEYS.includes(name)) continue;
    const meant = closest(name, ROUTE_KEYS);
    reading.problems.push(
      `${reading.where(key)}: a task has no "${name}".${meant === undefined ? ' It has models and fallback.' : ` Did you mean "${meant}"?`}`,
    );
  }
  const models = readNames(task, node.get('models', true), reading);
  const [fallback] = readNames(task, node.get('fallback', true), reading);
  if (models.length === 0) {
    reading.problems.push(`${reading.where(node)}: the task "${task}" names no model.`);
    return undefined;
  }
  return fallback === undefined ? { models } : { models, fallback };
}

function readNames(task: string, node: unknown, reading: Reading): readonly string[] {
  if (node === undefined || node === null) return [];
  const items: readonly unknown[] = isSeq(node) ? node.items : [node];
  return items.flatMap((item) => {
    const parsed = parseModelName(isScalar(item) ? String(item.value) : '');
    if (parsed.ok) return [parsed.value];
    reading.problems.push(`${reading.where(item)}: a model of the task "${task}" is not valid; it must be ${parsed.expected}.`);
    return [];
  });
}
