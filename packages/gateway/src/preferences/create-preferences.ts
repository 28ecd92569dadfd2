import { Problem, toWireProfile, withTag } from '@pilotlight/contract';
import type { ModelDefaultsView, Preferences, TaskRoutes, TaskView } from '@pilotlight/contract';

import type { Candidate } from '../generation/try-all.ts';
import { loadedOf } from '../lifecycle/state.ts';
import type { Candidates } from '../routes/candidates.ts';
import type { LiveSettings } from './live-settings.ts';
import { isSameProfile, toProfileNotes } from './profile-notes.ts';

export interface PreferencesOptions {
  readonly live: LiveSettings;
  /** Who would answer a request of this task. Throws `Problem` where nobody can. */
  readonly find: (task: string) => Candidates<Candidate>;
  /** The deployment of a name. Throws `Problem('model_not_found')`. */
  readonly named: (name: string) => Candidate;
  readonly defaultModel: () => string | undefined;
  readonly notify: (deployment: Candidate['deployment']) => void;
}

/** Those that are worked with, whether they have a route or not. */
const KNOWN_TASKS = ['chat', 'code', 'title', 'embedding'] as const;

export function createPreferences({ live, find, named, defaultModel, notify }: PreferencesOptions): Preferences {
  function taskView(task: string): TaskView {
    const route = Object.hasOwn(live.settings.routes, task) ? live.settings.routes[task] : undefined;
    const standard = defaultModel();
    const models = route
      ? [...new Set([...route.models, ...(route.fallback ?? [])].map(withTag))]
      : standard === undefined
        ? []
        : [standard];
    const view = {
      task,
      models,
      needs: task === 'embedding' ? 'embedding' : 'completion',
      from: route ? live.routesFrom : ('none' as const),
    };
    try {
      const { candidates, first, skipped } = find(task);
      const { name } = candidates[0];
      return { ...view, first: name, ...(name !== first && skipped.length > 0 && { reason: skipped.join('; ') }) };
    } catch (error) {
      if (error instanceof Problem) return { ...view, reason: error.detail };
      throw error;
    }
  }

  function check(routes: TaskRoutes): void {
    const present = new Set(
      Object.values(live.settings.routes).flatMap(({ models, fallback = [] }) => [...models, ...fallback].map(withTag)),
    );
    for (const [task, models] of Object.entries(routes)) {
      for (const [index, model] of models.entries()) {
        if (!present.has(withTag(model))) checkModel(model, `tasks.${task}.${index}`);
      }
    }
  }

  function checkModel(model: string, field: string): void {
    try {
      named(model);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw new Problem(error.code, error.detail, { field, facts: error.facts, cause: error });
    }
  }

  return {
    tasks() {
      const tasks = new Set([...KNOWN_TASKS, ...Object.keys(live.settings.routes)]);
      return { tasks: [...tasks].map(taskView), from: live.routesFrom };
    },
    task: taskView,
    checkTasks: check,
    setTasks: (routes) => live.setRoutes(routes),
    defaults(name) {
      const candidate = named(name);
      return toDefaultsView(candidate, live.modelDefaults(candidate.name));
    },
    setDefaults(name, defaults) {
      live.setModelDefaults(name, defaults);
      try {
        notify(named(name).deployment);
      } catch (error) {
        // Its engine may be away: nobody sees it now.
        if (!(error instanceof Problem)) throw error;
      }
    },
  };
}

function toDefaultsView(candidate: Candidate, defaults: ReturnType<LiveSettings['modelDefaults']>): ModelDefaultsView {
  const { deployment, name } = candidate;
  const { options, profile, from } = defaults;
  const loaded = loadedOf(deployment.state.lifecycle);
  const notes = [
    ...(deployment.engine.optionsNotApplied?.(name, options) ?? []).map(({ name: option, reason }) => ({
      field: `options.${option}`,
      reason,
    })),
    ...toProfileNotes(candidate, profile),
    ...(loaded !== undefined && !isSameProfile(loaded.profile ?? {}, profile)
      ? [{ field: 'profile', reason: `${name} is in memory with another one; this one holds from its next load on` }]
      : []),
  ];
  return { name, options, profile: toWireProfile(profile), from, notes };
}
