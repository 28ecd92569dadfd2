import { toLaunchProfile, withTag } from '@pilotlight/contract';
import type { LaunchProfile, ModelDefaults, Options, PreferenceSource, TaskRoutes } from '@pilotlight/contract';

import type { Route, Settings } from '../settings.ts';

/** The settings, with what the owner changes while the server runs: reading them gives what holds now. */
export interface LiveSettings {
  readonly settings: Settings;
  readonly routesFrom: PreferenceSource;
  setRoutes(routes: TaskRoutes | undefined): void;
  modelDefaults(name: string): { readonly options: Options; readonly profile: LaunchProfile; readonly from: PreferenceSource };
  setModelDefaults(name: string, defaults: ModelDefaults | undefined): void;
}

/** By name with tag. */
type ByName<T> = Readonly<Record<string, T>>;

export function createLiveSettings(settings: Settings): LiveSettings {
  const byTag = <T>(entries: ByName<T>): ByName<T> =>
    Object.fromEntries(Object.entries(entries).map(([name, value]) => [withTag(name), value]));
  const given = { profiles: byTag(settings.profiles), modelOptions: byTag(settings.modelOptions) };
  const kept = new Map<string, ModelDefaults>();
  let routes: Readonly<Record<string, Route>> | undefined;
  let { profiles, modelOptions } = given;

  function refresh(): void {
    const keptProfiles = [...kept].map(([name, { profile = {} }]) => [name, toLaunchProfile(profile)] as const);
    profiles = { ...given.profiles, ...Object.fromEntries(keptProfiles) };
    modelOptions = { ...given.modelOptions, ...Object.fromEntries([...kept].map(([name, { options = {} }]) => [name, options] as const)) };
  }

  const live: Settings = {
    ...settings,
    get routes() {
      return routes ?? settings.routes;
    },
    get profiles() {
      return profiles;
    },
    get modelOptions() {
      return modelOptions;
    },
  };

  function sourceOf(name: string): PreferenceSource {
    if (kept.has(name)) return 'kept';
    return Object.hasOwn(given.profiles, name) || Object.hasOwn(given.modelOptions, name) ? 'settings' : 'none';
  }

  return {
    settings: live,
    get routesFrom() {
      if (routes !== undefined) return 'kept';
      return Object.keys(settings.routes).length > 0 ? 'settings' : 'none';
    },
    setRoutes(table) {
      routes = table && Object.fromEntries(Object.entries(table).map(([task, models]) => [task, { models }]));
    },
    modelDefaults(name) {
      const tagged = withTag(name);
      const own = <T>(entries: ByName<T>): T | undefined => (Object.hasOwn(entries, tagged) ? entries[tagged] : undefined);
      return { options: own(modelOptions) ?? {}, profile: own(profiles) ?? {}, from: sourceOf(tagged) };
    },
    setModelDefaults(name, defaults) {
      if (defaults === undefined) kept.delete(withTag(name));
      else kept.set(withTag(name), defaults);
      refresh();
    },
  };
}
