import type { Engine, MemoryView } from '@pilotlight/contract';

import type { Deployment } from '../deployments/deployment.ts';
import type { Settings } from '../settings.ts';
import { toAskedBytes, toBoundsWords, toLearnedBudget } from './engine-bounds.ts';
import type { EngineMemory } from './engine-memory.ts';
import type { Footprint } from './footprint.ts';
import { sum } from './holding.ts';
import type { Holder } from './holding.ts';

type EngineView = NonNullable<MemoryView['engines']>[number];

/** What the models of engines elsewhere may take: by their owner's word, or else by what was learned. */
export interface Budgets {
  /** Undefined: nobody counts. */
  readonly of: (engine: string) => number | undefined;
  readonly isSet: (engine: string) => boolean;
  /** What was learned, in words that follow the engine's name; undefined: nothing was, or its owner said. */
  readonly wordsOf: (engine: string) => string | undefined;
}

export interface BudgetSources {
  readonly settings: Pick<Settings, 'engineBudgets'>;
  readonly elsewhere: EngineMemory;
}

export function createBudgets({ settings, elsewhere }: BudgetSources): Budgets {
  const isSet = (engine: string): boolean => Object.hasOwn(settings.engineBudgets, engine);
  return {
    isSet,
    of(engine) {
      if (isSet(engine)) return settings.engineBudgets[engine];
      const known = elsewhere.boundsOf(engine);
      return known && toLearnedBudget(known.limits);
    },
    wordsOf(engine) {
      const known = isSet(engine) ? undefined : elsewhere.boundsOf(engine);
      return known && toBoundsWords(known.bounds, known.limits);
    },
  };
}

/** What is asked of the memory of engines elsewhere. */
export interface Elsewhere {
  /** What a load asks for: what it needs; less at an engine where it is let in by itself though it is larger than what was seen to fit together. */
  readonly askedOf: (deployment: Deployment, model: string, needsBytes?: number) => number | undefined;
  /** A load failed for memory. */
  readonly outOfMemory: (deployment: Deployment, model: string) => void;
  /** Engines elsewhere whose memory is counted, or of which something was learned. */
  readonly engineViews: (engines: readonly Engine[]) => readonly EngineView[];
  /** What was learned of the memory of an engine, in words that follow its name. */
  readonly learnedWords: (engine: Engine) => string | undefined;
}

export interface ElsewhereSources extends BudgetSources {
  readonly budgets: Budgets;
  readonly deployments: () => Iterable<Deployment>;
  readonly needsOf: (deployment: Deployment, model: string) => Footprint | undefined;
  readonly holderOf: (deployment: Deployment) => Holder | undefined;
}

export function createElsewhere({ settings, elsewhere, budgets, deployments, needsOf, holderOf }: ElsewhereSources): Elsewhere {
  function heldIn(engine: Engine, besides?: Deployment): number {
    const own = [...deployments()].filter((deployment) => deployment.engine === engine && deployment !== besides);
    return sum(own, (deployment) => holderOf(deployment)?.bytes ?? 0);
  }

  return {
    askedOf(deployment, model, bytes = needsOf(deployment, model)?.bytes) {
      const { engine } = deployment;
      const known = engine.isLocal === true || budgets.isSet(engine.id) ? undefined : elsewhere.boundsOf(engine.id);
      return bytes === undefined || !known ? bytes : toAskedBytes(bytes, known.limits);
    },
    outOfMemory(deployment, model) {
      const needsBytes = needsOf(deployment, model)?.bytes;
      if (needsBytes === undefined) return;
      elsewhere.failed(deployment.engine, { needsBytes, besideBytes: heldIn(deployment.engine, deployment) });
    },
    engineViews: (engines) =>
      engines.flatMap((engine) => {
        if (engine.isLocal === true) return [];
        const budget = budgets.isSet(engine.id) ? settings.engineBudgets[engine.id] : undefined;
        return toView(engine.id, budget ?? elsewhere.boundsOf(engine.id), heldIn(engine)) ?? [];
      }),
    learnedWords: (engine) => (engine.isLocal === true ? undefined : budgets.wordsOf(engine.id)),
  };
}

/** As its owner set it, or as it was learned; undefined where neither is so. */
function toView(engine: string, known: number | ReturnType<EngineMemory['boundsOf']>, heldBytes: number): EngineView | undefined {
  if (known === undefined) return undefined;
  const free = (totalBytes: number): number => Math.max(0, totalBytes - heldBytes);
  if (typeof known === 'number') return { engine, total_bytes: known, free_bytes: free(known), basis: 'set by its owner' };
  const { bounds, limits } = known;
  const most = toLearnedBudget(limits);
  const totalBytes = most ?? bounds.fitsBytes;
  return {
    engine,
    total_bytes: totalBytes,
    free_bytes: free(totalBytes),
    ...(bounds.fitsBytes > 0 && { at_least_bytes: bounds.fitsBytes }),
    ...(most !== undefined && { at_most_bytes: most }),
    basis: toBoundsWords(bounds, limits),
  };
}
