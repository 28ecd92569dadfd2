import type { Engine, LaunchProfile, WayToFit } from '@pilotlight/contract';

import type { LearnedBook } from '../estimates/learned-book.ts';
import type { Deployment } from '../deployments/deployment.ts';
import type { GraphicsWatch } from '../observation/watch-graphics.ts';
import type { MemoryWatch } from '../observation/watch-memory.ts';
import type { Settings } from '../settings.ts';
import { createBudgets, createElsewhere } from './elsewhere.ts';
import type { Elsewhere } from './elsewhere.ts';
import type { EngineMemory } from './engine-memory.ts';
import { assignGraphics, toFreeGraphics } from './graphics.ts';
import { isMovable, sum, toBudgetFreeBytes, toFreeBytes, toMachineFreeBytes } from './holding.ts';
import type { Holder, Standing } from './holding.ts';
import { createKnownNeeds } from './known-needs.ts';
import type { KnownNeeds } from './known-needs.ts';
import { toSize } from './memory-words.ts';
import type { PinBoard } from './pins.ts';
import type { LoadPlan } from './plan-load.ts';
import { createQuarantine } from './quarantine.ts';
import type { Quarantine } from './quarantine.ts';
import { toFreeInAll } from './plan-with-graphics.ts';
import type { Free } from './plan-with-graphics.ts';
import { toHolder } from './to-holder.ts';
import { whatWouldFit } from './what-would-fit.ts';

/** Who holds how much of which memory, from what is known of all deployments; asks no engine. */
export interface Ledger extends KnownNeeds, Elsewhere {
  /** The memory that an engine's models take of: this machine's, or one of its own; undefined where nobody counts. */
  poolOf(engine: Engine): string | undefined;
  holdersOf(pool: string): readonly Holder[];
  /** With so much more on the machine, where something was freed that does not show yet. */
  freeOf(pool: string, holders: readonly Holder[], recoveringBytes?: number): Free;
  /** What that rests on, in words. */
  basisOf(pool: string, holders: readonly Holder[]): string;
  /** The same of free graphics memory. */
  graphicsBasis(holders: readonly Holder[]): string;
  /** In words, why the memory of a graphics card is not known; undefined: there is none, or all of it is known. */
  readonly graphicsUnknown: string | undefined;
  /** With how much more the pool could do if all that is not pinned left it. */
  mostOf(pool: string): number;
  /** What would make this model fit, where it does not even with everything unloaded that may be. */
  waysToFit(
    deployment: Deployment,
    model: string,
    plan: Extract<LoadPlan, { type: 'never' }> & { readonly profile?: LaunchProfile },
  ): readonly WayToFit[];
  readonly quarantine: Quarantine;
}

export interface LedgerOptions {
  readonly memory: MemoryWatch;
  readonly graphics: GraphicsWatch;
  readonly elsewhere: EngineMemory;
  readonly settings: Settings;
  readonly pins: PinBoard;
  readonly deployments: () => Iterable<Deployment>;
  /** A load that was let in but has not begun, or that finds its weights in memory: what its deployment's phase does not show. */
  readonly standingNow: (deployment: Deployment) => Standing | undefined;
  readonly book: LearnedBook;
}

/** The pool of all engines on this machine. */
export const MACHINE = 'this machine';

export function createLedger(options: LedgerOptions): Ledger {
  const { memory, settings, pins, deployments, standingNow } = options;
  const needs = createKnownNeeds(options);
  const budgets = createBudgets(options);
  const budgetOf = (pool: string): number =>
    pool === MACHINE ? settings.memoryBudgetBytes : (budgets.of(pool) ?? Number.POSITIVE_INFINITY);
  const { needsOf, takesGraphics } = needs;
  const quarantine = createQuarantine();

  function poolOf(engine: Engine): string | undefined {
    if (engine.isLocal) return MACHINE;
    return budgets.of(engine.id) === undefined ? undefined : engine.id;
  }
  function holderOf(deployment: Deployment): Holder | undefined {
    const isPinned = [...deployment.names.keys()].some((name) => pins.has(name));
    // What it was loaded with counts, not what was set since.
    const bytesOf = (model: string): number | undefined => needsOf(deployment, model, deployment.profile)?.bytes;
    const hasGraphics = deployment.engine.isLocal === true && options.graphics.supply !== undefined;
    return toHolder(deployment, { standing: standingNow(deployment), isPinned, hasGraphics, needs: bytesOf });
  }
  function holdersOf(pool: string): readonly Holder[] {
    const all = [...deployments()].flatMap((deployment) => {
      const holder = poolOf(deployment.engine) === pool ? holderOf(deployment) : undefined;
      return holder ? [{ holder, takesGraphics: holder.standing === 'loading' && takesGraphics(deployment, holder.model) }] : [];
    });
    const supply = pool === MACHINE ? options.graphics.supply : undefined;
    return supply ? assignGraphics(all, supply) : all.map(({ holder }) => holder);
  }
  function freeOf(pool: string, holders: readonly Holder[], recoveringBytes = 0): Free {
    const isRead = pool === MACHINE && memory.totalBytes > 0;
    const supply = { budgetBytes: budgetOf(pool), machineFreeBytes: isRead ? memory.freeBytes + recoveringBytes : undefined };
    const graphics = pool === MACHINE ? options.graphics.supply : undefined;
    if (!graphics) return { freeBytes: toFreeBytes(supply, holders) };
    const budgetFreeBytes = toBudgetFreeBytes(supply, holders);
    return { freeBytes: toMachineFreeBytes(supply, holders), graphics: { freeBytes: toFreeGraphics(graphics, holders), budgetFreeBytes } };
  }
  function mostOf(pool: string): number {
    const holders = holdersOf(pool);
    return toFreeInAll(freeOf(pool, holders), true) + sum(holders, (holder) => (isMovable(holder) ? holder.bytes : 0));
  }

  return {
    ...needs,
    ...createElsewhere({ ...options, budgets, needsOf, holderOf }),
    poolOf,
    holdersOf,
    freeOf,
    basisOf(pool, holders) {
      const words = pool === MACHINE ? undefined : budgets.wordsOf(pool);
      if (words !== undefined) return `${pool} ${words}${toTaken(holders)}`;
      return toBasis({ totalBytes: memory.totalBytes, budgetBytes: budgetOf(pool), freeBytes: freeOf(pool, holders).freeBytes }, holders);
    },
    graphicsBasis: (holders) => toGraphicsBasis(options.graphics, holders),
    get graphicsUnknown() {
      return options.graphics.reading.unknown;
    },
    mostOf,
    waysToFit(deployment, model, { mostBytes, fixed, profile = needs.profileOf(model) }) {
      const others = [...deployments()].filter((other) => other !== deployment && poolOf(other.engine) === poolOf(deployment.engine));
      return whatWouldFit({
        description: deployment.names.get(model) ?? deployment.names.values().next().value,
        profile,
        needsBytes: needsOf(deployment, model, profile)?.bytes ?? 0,
        mostBytes,
        fixed,
        others: others.flatMap((other) => toNeeds(other, needsOf)),
      });
    },
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

function toTaken(holders: readonly Holder[]): string {
  return holders.length === 0 ? '' : `, of which ${holders.map(({ model, bytes }) => `${model} holds ${toSize(bytes)}`).join(', ')}`;
}

function toBasis({ totalBytes, budgetBytes, freeBytes }: Supplied, holders: readonly Holder[]): string {
  const ofBudget = budgetBytes - sum(holders, ({ bytes }) => bytes);
  const whole = ofBudget <= freeBytes ? `the budget of ${toSize(budgetBytes)}` : `what this machine has free of ${toSize(totalBytes)}`;
  return `${whole}${toTaken(holders)}`;
}

function toGraphicsBasis({ reading, supply }: GraphicsWatch, holders: readonly Holder[]): string {
  const cards = reading.gpus.filter(({ isUnified }) => !isUnified).map(({ name, totalBytes }) => `${name} (${toSize(totalBytes)})`);
  const ours = holders.flatMap(({ model, gpuBytes = 0 }) => (gpuBytes > 0 ? [`${model} holds ${toSize(gpuBytes)}`] : []));
  const others = supply && supply.foreignBytes > 0 ? [`other programs hold ${toSize(supply.foreignBytes)}`] : [];
  const taken = [...ours, ...others];
  return `${cards.join(' and ')}${taken.length === 0 ? '' : `, of which ${taken.join(', ')}`}`;
}
