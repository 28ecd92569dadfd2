import type { Engine, LaunchProfile, WayToFit } from '@pilotlight/contract';

import type { Figures, LearnedBook } from '../estimates/learned-book.ts';
import type { Deployment } from '../deployments/deployment.ts';
import type { MemoryWatch } from '../observation/watch-memory.ts';
import type { Settings } from '../settings.ts';
import { estimateFootprint } from './footprint.ts';
import type { Footprint } from './footprint.ts';
import { isMovable, sum, toFreeBytes } from './holding.ts';
import type { Holder, Standing } from './holding.ts';
import { toFootprintKey } from './footprint-key.ts';
import { toSize } from './memory-words.ts';
import type { PinBoard } from './pins.ts';
import type { LoadPlan } from './plan-load.ts';
import { createQuarantine } from './quarantine.ts';
import type { Quarantine } from './quarantine.ts';
import { toHolder } from './to-holder.ts';
import { whatWouldFit } from './what-would-fit.ts';

/** Who holds how much of which memory, from what is known of all deployments; asks no engine. */
export interface Ledger {
  /** The memory that an engine's models take of: this machine's, or one of its own; undefined where nobody counts. */
  poolOf(engine: Engine): string | undefined;
  /** What a load of this model would take; undefined where nothing is known of it. */
  needsOf(deployment: Deployment, model: string): Footprint | undefined;
  holdersOf(pool: string): readonly Holder[];
  /** With so much more on the machine, where something was freed that does not show yet. */
  freeOf(pool: string, holders: readonly Holder[], recoveringBytes?: number): number;
  /** What that rests on, in words. */
  basisOf(pool: string, holders: readonly Holder[]): string;
  /** With how much more the pool could do if all that is not pinned left it. */
  mostOf(pool: string): number;
  keyOf(deployment: Pick<Deployment, 'key'>, model: string): string;
  /** A load measured what it took. */
  measured(deployment: Deployment, model: string, bytes: number): void;
  /** What would make this model fit, where it does not even with everything unloaded that may be. */
  waysToFit(deployment: Deployment, model: string, plan: Extract<LoadPlan, { type: 'never' }>): readonly WayToFit[];
  /** What was measured of this model with its present profile, by whoever measured it. */
  figuresOf(deployment: Pick<Deployment, 'key'>, model: string): Figures;
  /** Those figures were added to. */
  learned(deployment: Pick<Deployment, 'key'>, model: string): void;
  readonly quarantine: Quarantine;
}

export interface LedgerOptions {
  readonly memory: MemoryWatch;
  readonly settings: Settings;
  readonly pins: PinBoard;
  readonly deployments: () => Iterable<Deployment>;
  /** A load that was let in but has not begun, or that finds its weights in memory: what its deployment's phase does not show. */
  readonly standingNow: (deployment: Deployment) => Standing | undefined;
  readonly book: LearnedBook;
}

/** The pool of all engines on this machine. */
export const MACHINE = 'this machine';

export function createLedger({ memory, settings, pins, deployments, standingNow, book }: LedgerOptions): Ledger {
  const quarantine = createQuarantine();

  function profileOf(model: string): LaunchProfile {
    return settings.profiles[model] ?? {};
  }
  function keyOf(deployment: Pick<Deployment, 'key'>, model: string): string {
    return toFootprintKey(deployment.key, profileOf(model));
  }
  function poolOf(engine: Engine): string | undefined {
    if (engine.isLocal) return MACHINE;
    return Object.hasOwn(settings.engineBudgets, engine.id) ? engine.id : undefined;
  }
  function needsOf(deployment: Deployment, model: string): Footprint | undefined {
    const measured = book.of(keyOf(deployment, model)).mostBytes;
    if (measured !== undefined) return { bytes: measured, basis: 'measured at an earlier load' };
    const description = deployment.names.get(model) ?? deployment.names.values().next().value;
    return description && estimateFootprint(description, profileOf(model));
  }
  function holderOf(deployment: Deployment): Holder | undefined {
    const isPinned = [...deployment.names.keys()].some((name) => pins.has(name));
    const needs = (model: string): number | undefined => needsOf(deployment, model)?.bytes;
    return toHolder(deployment, { standing: standingNow(deployment), isPinned, needs });
  }
  function holdersOf(pool: string): readonly Holder[] {
    return [...deployments()].flatMap((deployment) => (poolOf(deployment.engine) === pool ? (holderOf(deployment) ?? []) : []));
  }
  function budgetOf(pool: string): number {
    return pool === MACHINE ? settings.memoryBudgetBytes : (settings.engineBudgets[pool] ?? Number.POSITIVE_INFINITY);
  }
  function freeOf(pool: string, holders: readonly Holder[], recoveringBytes = 0): number {
    const isRead = pool === MACHINE && memory.totalBytes > 0;
    return toFreeBytes({ budgetBytes: budgetOf(pool), machineFreeBytes: isRead ? memory.freeBytes + recoveringBytes : undefined }, holders);
  }
  function mostOf(pool: string): number {
    const holders = holdersOf(pool);
    return freeOf(pool, holders) + sum(holders, (holder) => (isMovable(holder) ? holder.bytes : 0));
  }

  return {
    poolOf,
    needsOf,
    holdersOf,
    freeOf,
    basisOf: (pool, holders) =>
      toBasis({ totalBytes: memory.totalBytes, budgetBytes: budgetOf(pool), freeBytes: freeOf(pool, holders) }, holders),
    mostOf,
    keyOf,
    measured(deployment, model, bytes) {
      const figures = book.of(keyOf(deployment, model));
      if (bytes <= (figures.mostBytes ?? 0)) return;
      figures.mostBytes = bytes;
      book.changed(keyOf(deployment, model));
    },
    waysToFit(deployment, model, { mostBytes, fixed }) {
      const others = [...deployments()].filter((other) => other !== deployment && poolOf(other.engine) === poolOf(deployment.engine));
      return whatWouldFit({
        description: deployment.names.get(model) ?? deployment.names.values().next().value,
        profile: profileOf(model),
        needsBytes: needsOf(deployment, model)?.bytes ?? 0,
        mostBytes,
        fixed,
        others: others.flatMap((other) => toNeeds(other, needsOf)),
      });
    },
    figuresOf: (deployment, model) => book.of(keyOf(deployment, model)),
    learned: (deployment, model) => book.changed(keyOf(deployment, model)),
    quarantine,
  };
}

/** The usable models of a deployment with what each takes, where that is known. */
function toNeeds(deployment: Deployment, needsOf: Ledger['needsOf']): readonly { readonly model: string; readonly needsBytes: number }[] {
  return [...deployment.names.values()].flatMap(({ name, defect }) => {
    const needs = defect === undefined ? needsOf(deployment, name) : undefined;
    return needs ? [{ model: name, needsBytes: needs.bytes }] : [];
  });
}

interface Supplied {
  readonly totalBytes: number;
  readonly budgetBytes: number;
  readonly freeBytes: number;
}

function toBasis({ totalBytes, budgetBytes, freeBytes }: Supplied, holders: readonly Holder[]): string {
  const taken = holders.length === 0 ? '' : `, of which ${holders.map(({ model, bytes }) => `${model} holds ${toSize(bytes)}`).join(', ')}`;
  const ofBudget = budgetBytes - sum(holders, ({ bytes }) => bytes);
  return ofBudget <= freeBytes
    ? `the budget of ${toSize(budgetBytes)}${taken}`
    : `what this machine has free of ${toSize(totalBytes)}${taken}`;
}
