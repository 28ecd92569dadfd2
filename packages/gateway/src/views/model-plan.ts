import type { ModelPlan } from '@pilotlight/contract';

import type { Deployment } from '../deployments/deployment.ts';
import type { Ledger } from '../memory/ledger.ts';
import { toNames, toSize, toTooLarge } from '../memory/memory-words.ts';
import { planLoad } from '../memory/plan-load.ts';
import type { LoadPlan } from '../memory/plan-load.ts';
import type { Footprint } from '../memory/footprint.ts';
import { standingOf } from '../memory/holding.ts';
import type { Holder } from '../memory/holding.ts';

export interface PlanPlace {
  readonly deployment: Deployment;
  readonly model: string;
  readonly ledger: Ledger;
  readonly nowMs: number;
}

/** What a load of this model would do now. Changes nothing, asks no engine. What is in use counts as to be unloaded: it would be waited for. */
export function toModelPlan({ deployment, model, ledger, nowMs }: PlanPlace): ModelPlan {
  const { engine, key, state } = deployment;
  const pool = ledger.poolOf(engine);
  const needs = ledger.needsOf(deployment, model);
  const head = { model, engine: engine.id, unload: [], pinned: [], ...(needs && { needs: toNeeds(needs) }) };
  if (standingOf(state.lifecycle) !== 'out') return { ...head, verdict: 'resident', reason: 'it is in memory, or on its way there' };
  if (pool === undefined) return { ...head, verdict: 'not_counted', reason: 'the memory of its engine is not counted here' };
  if (!needs) return { ...head, verdict: 'not_counted', reason: 'nothing is known of its size' };
  const holders = ledger.holdersOf(pool);
  const freeBytes = ledger.freeOf(pool, holders);
  const question = {
    key,
    needsBytes: needs.bytes,
    freeBytes,
    holders,
    recoveringBytes: 0,
    nowMs,
    sinceMs: Number.NEGATIVE_INFINITY,
    isOverdue: true,
    minResidencyMs: 0,
  };
  const plan = planLoad(question);
  const stuck = holders.filter(({ cannotUnload }) => cannotUnload);
  return {
    ...head,
    ...(plan.type === 'never' && { would_fit: [...ledger.waysToFit(deployment, model, plan)] }),
    ...toVerdict(plan, needs, freeBytes),
    ...(Number.isFinite(freeBytes) && { free: { bytes: Math.max(0, freeBytes), basis: ledger.basisOf(pool, holders) } }),
    unload: plan.type === 'unload' ? plan.victims.map(toVictim) : [],
    pinned: holders.filter(({ isPinned }) => isPinned).map((holder) => holder.model),
    ...(stuck.length > 0 && { cannot_unload: stuck.map((holder) => holder.model) }),
  };
}

function toNeeds({ bytes, basis, weightsBytes, cacheBytes, computeBytes }: Footprint): NonNullable<ModelPlan['needs']> {
  return {
    bytes,
    basis,
    ...(weightsBytes !== undefined && { weights_bytes: weightsBytes }),
    ...(cacheBytes !== undefined && { cache_bytes: cacheBytes }),
    ...(computeBytes !== undefined && { compute_bytes: computeBytes }),
  };
}

function toVictim({ model, bytes, standing }: Holder): ModelPlan['unload'][number] {
  return { model, bytes, in_use: standing === 'busy' };
}

function toVerdict(plan: LoadPlan, needs: Footprint, freeBytes: number): Pick<ModelPlan, 'verdict' | 'reason'> {
  const amounts = `needs ${toSize(needs.bytes)}; ${toSize(freeBytes)} free`;
  switch (plan.type) {
    case 'fits':
      return { verdict: 'fits', reason: Number.isFinite(freeBytes) ? amounts : `needs ${toSize(needs.bytes)}; no limit is known` };
    case 'unload':
      return { verdict: 'after_unloading', reason: `${amounts}; fits without ${toNames(plan.victims)}` };
    case 'wait':
      return { verdict: 'after_unloading', reason: `${amounts}; fits when ${toNames(plan.holders)} can leave memory` };
    case 'never':
      return { verdict: 'never', reason: toTooLarge(needs.bytes, freeBytes, plan).detail };
  }
}
