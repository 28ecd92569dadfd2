import { modelDefaultsSchema, modelNameSchema, taskRoutesSchema } from '@pilotlight/contract';
import type { KeptValues, ModelDefaults, ModelDefaultsView, Preferences, TaskRoutes, TasksView, TaskView } from '@pilotlight/contract';

import type { WriteLog } from '../log/log-events.ts';

/** What the owner changes while the server runs, there again after a restart. */
export interface KeptPreferences {
  tasks(): TasksView;
  task(name: string): TaskView;
  /** The whole table; undefined: as the settings say. Stored first, so that nothing holds that a restart would undo. */
  setTasks(routes: TaskRoutes | undefined): Promise<TasksView>;
  defaults(name: string): ModelDefaultsView;
  setDefaults(name: string, defaults: ModelDefaults | undefined): Promise<ModelDefaultsView>;
}

export interface KeptPreferencesOptions {
  readonly preferences: Preferences;
  readonly store: KeptValues;
}

const ROUTES_KIND = 'task_routes';
const ROUTES_NAME = 'table';
const DEFAULTS_KIND = 'model_defaults';

export function createKeptPreferences({ preferences, store }: KeptPreferencesOptions): KeptPreferences {
  let last: Promise<unknown> = Promise.resolve();

  /** One after the other: what is stored last is what holds. */
  function inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = last.then(change, change);
    last = turn.catch(() => {});
    return turn;
  }

  return {
    tasks: () => preferences.tasks(),
    task: (name) => preferences.task(name),
    setTasks: (routes) =>
      inTurn(async () => {
        if (routes !== undefined) preferences.checkTasks(routes);
        await store.keep(ROUTES_KIND, [{ name: ROUTES_NAME, value: routes }]);
        preferences.setTasks(routes);
        return preferences.tasks();
      }),
    defaults: (name) => preferences.defaults(name),
    setDefaults: (name, defaults) =>
      inTurn(async () => {
        const { name: known } = preferences.defaults(name);
        await store.keep(DEFAULTS_KIND, [{ name: known, value: defaults }]);
        preferences.setDefaults(known, defaults);
        return preferences.defaults(known);
      }),
  };
}

/** Puts in place what was kept. What cannot be understood, as of another version, is left out and said; without a store all is as the settings say. */
export async function restorePreferences({ preferences, store }: KeptPreferencesOptions, log: WriteLog): Promise<void> {
  const leaveOut = (what: string, cause: unknown): void => log('fault', { facts: { doing: `${what} was read` }, cause });
  try {
    const [table] = await store.kept(ROUTES_KIND);
    const routes = table && taskRoutesSchema.safeParse(table.value);
    if (routes?.success === true) preferences.setTasks(routes.data);
    else if (routes) leaveOut('the table of routes', routes.error);
    for (const { name, value } of await store.kept(DEFAULTS_KIND)) {
      const defaults = modelDefaultsSchema.safeParse(value);
      if (defaults.success && modelNameSchema.safeParse(name).success) preferences.setDefaults(name, defaults.data);
      else leaveOut(`what was set for ${name.slice(0, 200)}`, defaults.error);
    }
  } catch (error) {
    leaveOut('what was set at run time', error);
  }
}
