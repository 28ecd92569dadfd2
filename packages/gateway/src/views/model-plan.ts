import type { ModelPlan } from '@pilotlight/contract';

import type { Deployment } from '../deployments/deployment.ts';
import type { Ledger } from '../memory/ledger.ts';
import { toNames, toSize, toTooLarge } from '../memory/memory-words.ts';
import { planWithGraphics, toFreeInAll, toGraphicsShare } from '../memory/plan-with-graphics.ts';
import type { Free } from '../memory/plan-with-graphics.ts';
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
  const unknown = engine.isLocal === true && engine.kind !== 'llama.cpp' ? ledger.graphicsUnknown : undefined;
  const head = {
    model,
    engine: engine.id,
    unload: [],
    pinned: [],
    ...(needs && { needs: toNeeds(needs, 0) }),
    ...(unknown !== undefined && { gpus_unknown: unknown }),
  };
  if (standingOf(state.lifecycle) !== 'out') return { ...head, verdict: 'resident', reason: 'it is in memory, or on its way there' };
  if (pool === undefined) return { ...head, verdict: 'not_counted', reason: toNotCounted(ledger.learnedWords(engine)) };
  if (!needs) return { ...head, verdict: 'not_counted', reason: 'nothing is known of its size' };
  const holders = ledger.holdersOf(pool);
  const takesGraphics = ledger.takesGraphics(deployment, model);
  const free = ledger.freeOf(pool, holders);
  const question = {
    key,
    needsBytes: ledger.askedOf(deployment, model) ?? needs.bytes,
    takesGraphics,
    ...free,
    holders,
    recoveringBytes: 0,
    nowMs,
    sinceMs: Number.NEGATIVE_INFINITY,
    isOverdue: true,
    minResidencyMs: 0,
  };
  const plan = planWithGraphics(question);
  const placed: Placed = { needs, free, takesGraphics, gpuBytes: toGraphicsShare(question) };
  const stuck = holders.filter(({ cannotUnload }) => cannotUnload);
  return {
    ...head,
    ...(plan.type === 'never' && { would_fit: [...ledger.waysToFit(deployment, model, plan)] }),
    needs: toNeeds(needs, placed.gpuBytes),
    ...toVerdict(plan, placed),
    ...toFree(placed, ledger.basisOf(pool, holders), ledger.graphicsBasis(holders)),
    unload: plan.type === 'unload' ? plan.victims.map(toVictim) : [],
    pinned: holders.filter(({ isPinned }) => isPinned).map((holder) => holder.model),
    ...(stuck.length > 0 && { cannot_unload: stuck.map((holder) => holder.model) }),
  };
}

function toNotCounted(learned: string | undefined): string {
  return `the memory of its engine is not counted here${learned === undefined ? '' : `; it ${learned}`}`;
}

interface Placed {
  readonly needs: Footprint;
  readonly free: Free;
  readonly takesGraphics: boolean;
  /** Of what it needs: what would go into graphics memory. */
  readonly gpuBytes: number;
}

function toFree({ free, takesGraphics }: Placed, basis: string, graphicsBasis: string): Pick<ModelPlan, 'free' | 'free_gpu'> {
  const { freeBytes, graphics } = free;
  const ofMachine = Math.min(freeBytes, graphics?.budgetFreeBytes ?? freeBytes);
  const ofGraphics = takesGraphics && graphics && Number.isFinite(graphics.freeBytes) ? graphics.freeBytes : undefined;
  return {
    ...(Number.isFinite(ofMachine) && { free: { bytes: Math.max(0, ofMachine), basis } }),
    ...(ofGraphics !== undefined && { free_gpu: { bytes: Math.max(0, ofGraphics), basis: graphicsBasis } }),
  };
}

function toNeeds({ bytes, basis, weightsBytes, cacheBytes, computeBytes }: Footprint, gpuBytes: number): NonNullable<ModelPlan['needs']> {
  return {
    bytes,
    basis,
    ...(weightsBytes !== undefined && { weights_bytes: weightsBytes }),
    ...(cacheBytes !== undefined && { cache_bytes: cacheBytes }),
    ...(computeBytes !== undefined && { compute_bytes: computeBytes }),
    ...(gpuBytes > 0 && { gpu_bytes: gpuBytes }),
  };
}

function toVictim({ model, bytes, standing }: Holder): ModelPlan['unload'][number] {
  return { model, bytes, in_use: standing === 'busy' };
}

/** "needs 19 GB; 11 GB free", and with graphics memory how much of each. */
function toAmounts({ needs, free: { freeBytes, graphics }, takesGraphics, gpuBytes }: Placed): string {
  if (!takesGraphics || !graphics)
    return `needs ${toSize(needs.bytes)}; ${toSize(Math.min(freeBytes, graphics?.budgetFreeBytes ?? freeBytes))} free`;
  const inMachine = needs.bytes - gpuBytes;
  const part = inMachine < 1 ? '' : `, ${toSize(inMachine)} of it outside of graphics memory`;
  if (!Number.isFinite(graphics.freeBytes))
    return `needs ${toSize(needs.bytes)} in graphics memory, of which nobody can tell how much is free`;
  const machine = Number.isFinite(freeBytes) && inMachine >= 1 ? `, and ${toSize(freeBytes)} of memory` : '';
  return `needs ${toSize(needs.bytes)}${part}; ${toSize(graphics.freeBytes)} of graphics memory free${machine}`;
}

function toVerdict(plan: LoadPlan, placed: Placed): Pick<ModelPlan, 'verdict' | 'reason'> {
  const { needs, free, takesGraphics } = placed;
  const freeBytes = toFreeInAll(free, takesGraphics);
  const amounts = toAmounts(placed);
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
