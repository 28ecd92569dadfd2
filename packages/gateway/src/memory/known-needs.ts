import type { LaunchProfile } from '@pilotlight/contract';

import type { Deployment } from '../deployments/deployment.ts';
import type { Figures, LearnedBook } from '../estimates/learned-book.ts';
import { residentOf } from '../lifecycle/state.ts';
import type { GraphicsWatch } from '../observation/watch-graphics.ts';
import type { Settings } from '../settings.ts';
import { estimateFootprint } from './footprint.ts';
import type { Footprint } from './footprint.ts';
import { toFootprintKey } from './footprint-key.ts';
import { takesGraphics } from './graphics.ts';

/** What loads would take, by what was measured of them, or else by what their files say. */
export interface KnownNeeds {
  readonly profileOf: (model: string) => LaunchProfile;
  /** Under which figures are kept: with its next profile, or another one. */
  readonly keyOf: (deployment: Pick<Deployment, 'key'>, model: string, profile?: LaunchProfile) => string;
  /** What a load of this model would take, with its present profile or another one; undefined where nothing is known of it. */
  readonly needsOf: (deployment: Deployment, model: string, profile?: LaunchProfile) => Footprint | undefined;
  /** Whether it would take graphics memory of this machine, as far as that can be had. */
  readonly takesGraphics: (deployment: Deployment, model: string) => boolean;
  /** A load measured what it took. */
  readonly measured: (deployment: Pick<Deployment, 'key'>, load: MeasuredLoad) => void;
  /** What was measured of this model with the profile that it has now, or else will have, by whoever measured it. */
  readonly figuresOf: (deployment: Pick<Deployment, 'key' | 'profile'>, model: string) => Figures;
  /** Those figures were added to. */
  readonly learned: (deployment: Pick<Deployment, 'key' | 'profile'>, model: string) => void;
}

export interface MeasuredLoad {
  /** What it was loaded with, which may be another than its owner set: another client's. */
  readonly profile: LaunchProfile;
  readonly bytes: number;
  readonly gpuBytes: number | undefined;
}

export interface NeedsOptions {
  readonly settings: Settings;
  readonly book: LearnedBook;
  readonly graphics: GraphicsWatch;
  readonly deployments: () => Iterable<Deployment>;
}

const NO_PROFILE: LaunchProfile = {};
/** A figure that no longer holds is forgotten after so many loads. */
const LOADS_COUNTED = 5;

export function createKnownNeeds(options: NeedsOptions): KnownNeeds {
  const { settings, book } = options;
  /** By deployment, the key of its last profile: it is asked for many times for each answer. */
  const keys = new Map<string, { readonly profile: LaunchProfile; readonly key: string }>();

  function profileOf(model: string): LaunchProfile {
    return settings.profiles[model] ?? NO_PROFILE;
  }
  function keyOf({ key: deployment }: Pick<Deployment, 'key'>, model: string, profile = profileOf(model)): string {
    const known = keys.get(deployment);
    if (known?.profile === profile) return known.key;
    const key = toFootprintKey(deployment, profile);
    keys.set(deployment, { profile, key });
    return key;
  }
  function needsOf(deployment: Deployment, model: string, profile?: LaunchProfile): Footprint | undefined {
    const measured = book
      .of(keyOf(deployment, model, profile))
      .loadedBytes.values()
      .slice(-LOADS_COUNTED);
    if (measured.length > 0) return { bytes: Math.max(...measured), basis: 'measured at an earlier load' };
    const description = deployment.names.get(model) ?? deployment.names.values().next().value;
    return description && estimateFootprint(description, profile ?? profileOf(model));
  }

  return {
    profileOf,
    keyOf,
    needsOf,
    takesGraphics: createGraphicsHabits({ ...options, gpuBytesOf: (deployment, model) => book.of(keyOf(deployment, model)).gpuBytes }),
    measured({ key }, { profile, bytes, gpuBytes }) {
      const figures = book.of(toFootprintKey(key, profile));
      figures.loadedBytes.add(bytes);
      figures.gpuBytes = gpuBytes ?? figures.gpuBytes;
      book.changed(toFootprintKey(key, profile));
    },
    figuresOf: (deployment, model) => book.of(keyOf(deployment, model, deployment.profile)),
    learned: (deployment, model) => book.changed(keyOf(deployment, model, deployment.profile)),
  };
}

interface HabitSources extends Pick<NeedsOptions, 'graphics' | 'deployments'> {
  /** What the last load of a model had in graphics memory. */
  readonly gpuBytesOf: (deployment: Deployment, model: string) => number | undefined;
}

/** Whether loads take graphics memory, by what loads of the same engine were seen to. */
function createGraphicsHabits({ graphics, deployments, gpuBytesOf }: HabitSources): KnownNeeds['takesGraphics'] {
  function seenIn(deployment: Deployment): readonly number[] {
    const now = residentOf(deployment.state.lifecycle)?.gpuBytes;
    return [now, ...[...deployment.names.keys()].map((name) => gpuBytesOf(deployment, name))].filter((bytes) => bytes !== undefined);
  }
  return (deployment, model) => {
    const { engine } = deployment;
    const { supply } = graphics;
    if (!supply || engine.isLocal !== true) return false;
    const ofEngine = [...deployments()].flatMap((other) => (other.engine === engine ? seenIn(other) : []));
    return takesGraphics({ kind: engine.kind, ofEngine, ofModel: gpuBytesOf(deployment, model), supply });
  };
}
