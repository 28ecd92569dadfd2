import { Problem, withTag } from '@pilotlight/contract';
import type { ModelDefaults, Preferences, TaskRoutes } from '@pilotlight/contract';

/** Preferences in memory over these models, for tests of what stands before them. */
export function createScriptedPreferences(models: readonly string[] = ['pilot:latest']): Preferences {
  const defaults = new Map<string, ModelDefaults>();
  let routes: TaskRoutes | undefined;
  const must = (name: string, field?: string): string => {
    const tagged = withTag(name);
    if (!models.includes(tagged)) throw new Problem('model_not_found', `no engine has ${tagged}`, field === undefined ? {} : { field });
    return tagged;
  };
  return {
    tasks: () => ({
      tasks: Object.entries(routes ?? {}).map(([task, names]) => ({
        task,
        models: names.map(withTag),
        needs: 'completion',
        from: 'kept' as const,
      })),
      from: routes === undefined ? 'none' : 'kept',
    }),
    task: (name) => ({
      task: name,
      models: (routes?.[name] ?? []).map(withTag),
      needs: 'completion',
      from: routes?.[name] === undefined ? 'none' : 'kept',
    }),
    checkTasks(table) {
      for (const [task, names] of Object.entries(table)) for (const [index, name] of names.entries()) must(name, `tasks.${task}.${index}`);
    },
    setTasks: (table) => void (routes = table),
    defaults(name) {
      const tagged = must(name);
      const { options = {}, profile = {} } = defaults.get(tagged) ?? {};
      return { name: tagged, options, profile, from: defaults.has(tagged) ? 'kept' : 'none', notes: [] };
    },
    setDefaults(name, value) {
      if (value === undefined) defaults.delete(withTag(name));
      else defaults.set(withTag(name), value);
    },
  };
}
