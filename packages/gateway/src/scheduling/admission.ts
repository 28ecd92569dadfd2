import { planLoad } from '../memory/plan-load.ts';
import type { LoadPlan } from '../memory/plan-load.ts';
import { sum } from '../memory/holding.ts';
import type { Holder } from '../memory/holding.ts';

/** A load that wants to be let in. */
export interface Asker {
  readonly id: number;
  readonly key: string;
  readonly model: string;
  readonly engine: string;
  /** Which memory it takes of; undefined: of one that nobody counts. */
  readonly pool: string | undefined;
  /** Undefined where nothing is known of its size: it is let in. */
  readonly needsBytes: number | undefined;
  /** Its weights are in memory already. */
  readonly isInMemory: boolean;
  readonly askedAtMs: number;
  /** How many requests wait for it. */
  readonly waiters: number;
  /** Models were unloaded for it. */
  readonly isChosen: boolean;
}

/** Memory that loads take of. */
export interface Pool {
  readonly freeBytes: number;
  readonly recoveringBytes: number;
  readonly holders: readonly Holder[];
}

export interface Situation {
  readonly nowMs: number;
  readonly askers: readonly Asker[];
  /** Loads that may still begin, by engine. */
  readonly placesLeft: ReadonlyMap<string, number>;
  readonly pools: ReadonlyMap<string, Pool>;
  readonly maxWaitMs: number;
  readonly minResidencyMs: number;
}

export type Move =
  | { readonly type: 'admit'; readonly asker: Asker }
  | { readonly type: 'refuse'; readonly asker: Asker; readonly freeBytes: number; readonly plan: Extract<LoadPlan, { type: 'never' }> }
  | { readonly type: 'unload'; readonly asker: Asker; readonly victims: readonly Holder[]; readonly drains: boolean }
  | {
      readonly type: 'wait';
      readonly asker: Asker;
      readonly plan: Extract<LoadPlan, { type: 'wait' }> | undefined;
      readonly againAtMs: number | undefined;
    };

/**
 * What happens to every load that wants in. Pure. The overdue come first, oldest first; then the one that models were unloaded for; then that for which
 * most requests wait. Who waits for memory that is being freed, or is overdue, keeps those behind it from taking that memory.
 */
export function decideAdmission(situation: Situation): readonly Move[] {
  const { nowMs, maxWaitMs } = situation;
  const places = new Map(situation.placesLeft);
  const reserved: Holder[] = [];
  const closed = new Set<string>();
  const moves: Move[] = [];

  function admit(asker: Asker): void {
    places.set(asker.engine, (places.get(asker.engine) ?? 0) - 1);
    moves.push({ type: 'admit', asker });
  }

  for (const asker of inOrder(situation)) {
    const overdueAtMs = asker.askedAtMs + maxWaitMs;
    const isOverdue = nowMs >= overdueAtMs;
    const pool = asker.pool === undefined ? undefined : situation.pools.get(asker.pool);
    if ((places.get(asker.engine) ?? 0) <= 0) {
      moves.push({ type: 'wait', asker, plan: undefined, againAtMs: undefined });
      continue;
    }
    if (!pool || asker.pool === undefined || asker.needsBytes === undefined || asker.isInMemory) {
      admit(asker);
      continue;
    }
    const inPool = reserved.filter(({ key }) => situation.askers.some((other) => other.key === key && other.pool === asker.pool));
    const freeBytes = pool.freeBytes - sum(inPool, ({ bytes }) => bytes);
    const holders = [...pool.holders, ...inPool];
    const plan = planLoad({ ...asker, ...situation, ...pool, holders, needsBytes: asker.needsBytes, freeBytes, isOverdue });
    if (plan.type === 'never') moves.push({ type: 'refuse', asker, freeBytes, plan });
    else if (closed.has(asker.pool)) moves.push({ type: 'wait', asker, plan: undefined, againAtMs: undefined });
    else if (plan.type === 'fits') {
      reserved.push(toReservation(asker, asker.needsBytes));
      admit(asker);
    } else if (plan.type === 'unload') {
      closed.add(asker.pool);
      moves.push({ ...plan, asker });
    } else {
      if (isOverdue || asker.isChosen || plan.reason === 'leaving') closed.add(asker.pool);
      const times = [plan.againAtMs, isOverdue ? undefined : overdueAtMs].filter((time) => time !== undefined);
      moves.push({ type: 'wait', asker, plan, againAtMs: times.length === 0 ? undefined : Math.min(...times) });
    }
  }
  return moves;
}

function toReservation({ key, model }: Asker, bytes: number): Holder {
  const times = { readyAtMs: undefined, lastUsedMs: 0, reloadMs: 0 };
  return { key, model, bytes, standing: 'loading', isPinned: false, cannotUnload: false, mappedBytes: 0, ...times };
}

function inOrder({ askers, nowMs, maxWaitMs }: Situation): readonly Asker[] {
  const rank = (asker: Asker): number => (nowMs >= asker.askedAtMs + maxWaitMs ? 0 : asker.isChosen ? 1 : 2);
  return askers.toSorted((a, b) => {
    const byRank = rank(a) - rank(b);
    if (byRank !== 0) return byRank;
    const byWaiters = rank(a) === 2 ? b.waiters - a.waiters : 0;
    return byWaiters || a.askedAtMs - b.askedAtMs || a.id - b.id;
  });
}
