import type { Asker, Situation } from './admission.ts';

/** On the monotonic clock. */
export interface OverdueTimes {
  /** From then on it goes before all that are not urgent: after the turn of another one it would come too late. */
  readonly urgentAtMs: number;
  /** From then on what is in use is drained for it. */
  readonly overdueAtMs: number;
}

/**
 * When each has to begin so that the models in its way have drained, and it is loaded, when its maximum wait is over; earlier where another one comes after it,
 * which waits for this load, for the time that a model stays after its load, and for its own load. Urgent is who could not let another turn pass any more.
 * Neither before half of the maximum wait: where all turns together take longer than that, they are what the wait depends on.
 */
export function toOverdueTimes({ askers, pools, maxWaitMs, minResidencyMs }: Situation): ReadonlyMap<Asker, OverdueTimes> {
  const times = new Map<Asker, OverdueTimes>();
  /** By memory: when the turn of the next one has to begin. */
  const beginMs = new Map<string, number>();
  const turns = askers.map((asker) => ({ asker, ...toTurn(asker, { pools, minResidencyMs }) }));
  for (const { asker, beforeMs, turnMs } of turns.toSorted((a, b) => b.asker.sinceMs - a.asker.sinceMs || b.asker.id - a.asker.id)) {
    const { sinceMs, pool = '' } = asker;
    const earliestMs = sinceMs + maxWaitMs / 2;
    const latestMs = Math.min(sinceMs + maxWaitMs - beforeMs, (beginMs.get(pool) ?? Number.POSITIVE_INFINITY) - turnMs);
    beginMs.set(pool, latestMs);
    const others = turns.filter((other) => other.asker !== asker && other.asker.pool === asker.pool);
    const otherMs = Math.max(0, ...others.map((other) => other.turnMs));
    times.set(asker, { urgentAtMs: Math.max(earliestMs, latestMs - otherMs), overdueAtMs: Math.max(earliestMs, latestMs) });
  }
  return times;
}

/** What lies before its first answer, and how long nobody else can begin. */
function toTurn(
  { pool, key, loadMs }: Asker,
  { pools, minResidencyMs }: Pick<Situation, 'pools' | 'minResidencyMs'>,
): { readonly beforeMs: number; readonly turnMs: number } {
  const holders = pool === undefined ? [] : (pools.get(pool)?.holders ?? []);
  const drainMs = Math.max(0, ...holders.map((holder) => (holder.standing === 'busy' && holder.key !== key ? holder.drainMs : 0)));
  const beforeMs = drainMs + loadMs;
  return { beforeMs, turnMs: beforeMs + Math.min(loadMs, minResidencyMs) };
}
