import type { Engine, LaunchProfile } from '@pilotlight/contract';

import type { Deployment } from '../deployments/deployment.ts';
import { loadedOf } from '../lifecycle/state.ts';
import type { MemoryWatch } from '../observation/watch-memory.ts';
import type { Settings } from '../settings.ts';
import { estimateFootprint } from './footprint.ts';
import type { Footprint } from './footprint.ts';
import { standingOf, sum, toFreeBytes } from './holding.ts';
import type { Holder, Standing } from './holding.ts';
import { createLearnedFootprints, toFootprintKey } from './learned-footprints.ts';
import type { LearnedFootprints } from './learned-footprints.ts';
import { createQuarantine } from './quarantine.ts';
import type { Quarantine } from './quarantine.ts';

/** Who holds how much of which memory, from what is known of all deployments; asks no engine. */
export interface Ledger {
  /** The memory that an engine's models take of: this machine's, or one of its own; undefined where nobody counts. */
  poolOf(engine: Engine): string | undefined;
  /** What a load of this model would take; undefined where nothing is known of it. */
  needsOf(deployment: Deployment, model: string): Footprint | undefined;
  holdersOf(pool: string): readonly Holder[];
  freeOf(pool: string, holders: readonly Holder[]): number;
  /** With how much more the pool could do if all that is not pinned left it. */
  mostOf(pool: string): number;
  keyOf(deployment: Deployment, model: string): string;
  /** A load measured what it took. */
  measured(deployment: Deployment, model: string, bytes: number): void;
  readonly quarantine: Quarantine;
}

export interface LedgerOptions {
  readonly memory: MemoryWatch;
  readonly settings: Settings;
  readonly deployments: () => Iterable<Deployment>;
  /** A load that was let in but has not begun, or that finds its weights in memory: what its deployment's phase does not show. */
  readonly standingNow: (deployment: Deployment) => Standing | undefined;
  readonly learned?: LearnedFootprints;
}

/** The pool of all engines on this machine. */
export const MACHINE = 'this machine';
/** Where no load was timed: what a common disk gives. */
const USUAL_BYTES_PER_MS = 1e6;

export function createLedger({ memory, settings, deployments, standingNow, learned = createLearnedFootprints() }: LedgerOptions): Ledger {
  const quarantine = createQuarantine();
  const pinned = new Set(settings.pinned);

  function profileOf(model: string): LaunchProfile {
    return settings.profiles[model] ?? {};
  }
  function keyOf(deployment: Deployment, model: string): string {
    return toFootprintKey(deployment.key, profileOf(model));
  }
  function poolOf(engine: Engine): string | undefined {
    if (engine.isLocal) return MACHINE;
    return Object.hasOwn(settings.engineBudgets, engine.id) ? engine.id : undefined;
  }
  function needsOf(deployment: Deployment, model: string): Footprint | undefined {
    const measured = learned.find(keyOf(deployment, model));
    if (measured !== undefined) return { bytes: measured, basis: 'measured at an earlier load' };
    const description = deployment.names.get(model) ?? deployment.names.values().next().value;
    return description && estimateFootprint(description, profileOf(model));
  }
  function toHolder(deployment: Deployment): Holder | undefined {
    const { state, record, names, key } = deployment;
    const { lifecycle } = state;
    const standing = standingNow(deployment) ?? standingOf(lifecycle);
    if (standing === 'out') return undefined;
    const model = loadedOf(lifecycle)?.model ?? names.keys().next().value ?? key;
    const seen = loadedOf(lifecycle)?.memoryBytes ?? (lifecycle.phase === 'unknown' ? lifecycle.resident?.memoryBytes : undefined);
    const bytes = (standing === 'loading' ? undefined : seen) ?? needsOf(deployment, model)?.bytes ?? seen ?? 0;
    const facts = names.values().next().value?.memoryFacts;
    return {
      key,
      model,
      bytes,
      standing,
      isPinned: [...names.keys()].some((name) => pinned.has(name)),
      readyAtMs: record.readyAtMs,
      lastUsedMs: record.lastUsedMs ?? lifecycle.since.monotonicMs,
      reloadMs: record.loadMs.median() ?? bytes / USUAL_BYTES_PER_MS,
      mappedBytes: facts?.areWeightsMapped ? Math.min(bytes, facts.weightsBytes) : 0,
    };
  }
  function holdersOf(pool: string): readonly Holder[] {
    return [...deployments()].flatMap((deployment) => (poolOf(deployment.engine) === pool ? (toHolder(deployment) ?? []) : []));
  }
  function freeOf(pool: string, holders: readonly Holder[]): number {
    if (pool !== MACHINE)
      return toFreeBytes({ budgetBytes: settings.engineBudgets[pool] ?? Infinity, machineFreeBytes: undefined }, holders);
    const machineFreeBytes = memory.totalBytes === 0 ? undefined : memory.freeBytes;
    return toFreeBytes({ budgetBytes: settings.memoryBudgetBytes, machineFreeBytes }, holders);
  }
  function mostOf(pool: string): number {
    const holders = holdersOf(pool);
    return (
      freeOf(pool, holders) +
      sum(
        holders.filter(({ isPinned }) => !isPinned),
        ({ bytes }) => bytes,
      )
    );
  }

  return {
    poolOf,
    needsOf,
    holdersOf,
    freeOf,
    mostOf,
    keyOf,
    measured: (deployment, model, bytes) => learned.add(keyOf(deployment, model), bytes),
    quarantine,
  };
}
