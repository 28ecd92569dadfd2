import { toOverdueTimes } from './overdue-times.ts';
import type { OverdueTimes } from './overdue-times.ts';
import type { LoadPlan } from '../memory/plan-load.ts';
import type { Holder } from '../memory/holding.ts';
import { planWithGraphics, toFreeInAll, toGraphicsShare, toRest } from '../memory/plan-with-graphics.ts';
import type { GraphicsFree } from '../memory/plan-with-graphics.ts';

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
  /** It takes graphics memory, as far as that can be had. */
  readonly takesGraphics?: boolean | undefined;
  /** Its weights are in memory already. */
  readonly isInMemory: boolean;
  /** Since when the one has waited who waits longest for it. */
  readonly sinceMs: number;
  /** How much waits for it: a person's request weighs twice as much as a program's. */
  readonly weight: number;
  /** How long its own load takes; 0 where none was measured. */
  readonly loadMs: number;
  /** Models were unloaded for it. */
  readonly isChosen: boolean;
}

/** Memory that loads take of. */
export interface Pool {
  readonly freeBytes: number;
  readonly recoveringBytes: number;
  readonly holders: readonly Holder[];
  /** Absent: this memory has none. */
  readonly graphics?: GraphicsFree | undefined;
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
 * What happens to every load that wants in. Pure. The urgent come first, oldest first; then the one that models were unloaded for; then that for which
 * most waits. Who waits for memory that is being freed, or is overdue, keeps those behind it from taking that memory.
 */
export function decideAdmission(situation: Situation): readonly Move[] {
  const { nowMs } = situation;
  const places = new Map(situation.placesLeft);
  const reserved: Holder[] = [];
  const closed = new Set<string>();
  const moves: Move[] = [];

  function admit(asker: Asker): void {
    places.set(asker.engine, (places.get(asker.engine) ?? 0) - 1);
    moves.push({ type: 'admit', asker });
  }

  const times = toOverdueTimes(situation);
  for (const asker of inOrder(situation, times)) {
    const overdueAtMs = times.get(asker)?.overdueAtMs ?? Number.POSITIVE_INFINITY;
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
    const holders = [...pool.holders, ...inPool];
    const question = { ...asker, ...situation, ...pool, ...toRest(pool, inPool), holders, needsBytes: asker.needsBytes, isOverdue };
    const plan = planWithGraphics(question);
    if (plan.type === 'never') moves.push({ type: 'refuse', asker, freeBytes: toFreeInAll(question, asker.takesGraphics ?? false), plan });
    else if (closed.has(asker.pool)) moves.push({ type: 'wait', asker, plan: undefined, againAtMs: undefined });
    else if (plan.type === 'fits') {
      reserved.push({ ...toReservation(asker, asker.needsBytes), gpuBytes: toGraphicsShare(question) });
      admit(asker);
    } else if (plan.type === 'unload') {
      closed.add(asker.pool);
      moves.push({ ...plan, asker });
    } else {
      if (isOverdue || asker.isChosen || plan.reason === 'leaving') closed.add(asker.pool);
      const again = [plan.againAtMs, isOverdue ? undefined : overdueAtMs].filter((time) => time !== undefined);
      moves.push({ type: 'wait', asker, plan, againAtMs: again.length === 0 ? undefined : Math.min(...again) });
    }
  }
  return moves;
}

function toReservation({ key, model }: Asker, bytes: number): Holder {
  const times = { readyAtMs: undefined, lastUsedMs: 0, reloadMs: 0, drainMs: 0, oldestWaiterMs: undefined };
  return { key, model, bytes, standing: 'loading', isPinned: false, cannotUnload: false, mappedBytes: 0, ...times };
}

function inOrder({ askers, nowMs }: Situation, times: ReadonlyMap<Asker, OverdueTimes>): readonly Asker[] {
  const rank = (asker: Asker): number => (nowMs >= (times.get(asker)?.urgentAtMs ?? Number.POSITIVE_INFINITY) ? 0 : asker.isChosen ? 1 : 2);
  return askers.toSorted((a, b) => {
    const byRank = rank(a) - rank(b);
    if (byRank !== 0) return byRank;
    const byWeight = rank(a) === 2 ? b.weight - a.weight : 0;
    return byWeight || a.sinceMs - b.sinceMs || a.id - b.id;
  });
}
