import { OPTION_RANGES, toWireProfile } from '@pilotlight/contract';
import type { LaunchProfile, ModelPlan } from '@pilotlight/contract';

import type { Deployment } from '../deployments/deployment.ts';
import type { Candidate } from '../generation/try-all.ts';
import { loadedOf } from '../lifecycle/state.ts';
import type { Ledger } from '../memory/ledger.ts';
import { toNames, toSize, toTooLarge } from '../memory/memory-words.ts';
import { longestContext } from '../memory/longest-context.ts';
import { planWithGraphics, toFreeInAll, toGraphicsShare } from '../memory/plan-with-graphics.ts';
import type { Free, PlacedQuestion } from '../memory/plan-with-graphics.ts';
import type { LoadPlan } from '../memory/plan-load.ts';
import type { Footprint } from '../memory/footprint.ts';
import { standingOf } from '../memory/holding.ts';
import type { Holder } from '../memory/holding.ts';
import { isSameProfile, toProfileNotes } from '../preferences/profile-notes.ts';

export interface PlanPlace {
  readonly candidate: Candidate;
  readonly ledger: Ledger;
  readonly nowMs: number;
  /** What of its launch profile would be another; undefined: nothing. */
  readonly change: LaunchProfile | undefined;
}

/**
 * What a load of this model would do now. Changes nothing, asks no engine. What is in use counts as to be unloaded: it would be waited for. With another
 * profile a model that is in memory would leave it and be loaded again: what it holds counts as free.
 */
export function toModelPlan({ candidate, ledger, nowMs, change }: PlanPlace): ModelPlan {
  const { deployment, name: model } = candidate;
  const { engine, key } = deployment;
  const profile = { ...ledger.profileOf(model), ...change };
  const pool = ledger.poolOf(engine);
  const needs = ledger.needsOf(deployment, model, profile);
  const head = { ...toHead(candidate, ledger), ...(needs && { needs: toNeeds(needs, 0) }), ...(change && toMeant(candidate, profile)) };
  const present = presentProfile(deployment);
  const isReload = change !== undefined && present !== undefined && !isSameProfile(present, profile);
  if (standingOf(deployment.state.lifecycle) !== 'out' && !isReload) {
    const isKnown = change !== undefined && present !== undefined;
    const how = isKnown ? 'in memory with this profile, or on its way there' : 'in memory, or on its way there';
    return { ...head, verdict: 'resident', reason: `it is ${how}` };
  }
  if (pool === undefined) return { ...head, verdict: 'not_counted', reason: toNotCounted(ledger.learnedWords(engine)) };
  if (!needs) return { ...head, verdict: 'not_counted', reason: 'nothing is known of its size' };
  const { holders, free } = toSupply(ledger, pool, isReload ? key : undefined);
  const takesGraphics = ledger.takesGraphics(deployment, model);
  const asked = (bytes: number): PlacedQuestion => ({
    key,
    needsBytes: ledger.askedOf(deployment, model, bytes) ?? bytes,
    takesGraphics,
    ...free,
    holders,
    recoveringBytes: 0,
    nowMs,
    sinceMs: Number.NEGATIVE_INFINITY,
    isOverdue: true,
    minResidencyMs: 0,
  });
  const question = asked(needs.bytes);
  const plan = planWithGraphics(question);
  const placed: Placed = { needs, free, takesGraphics, gpuBytes: toGraphicsShare(question) };
  const stuck = holders.filter(({ cannotUnload }) => cannotUnload);
  const { verdict, reason } = toVerdict(plan, placed);
  return {
    ...head,
    ...(plan.type === 'never' && { would_fit: [...ledger.waysToFit(deployment, model, { ...plan, profile })] }),
    ...toLongest({ candidate, profile, needsBytes: needs.bytes, planFor: (bytes) => planWithGraphics(asked(bytes)) }),
    needs: toNeeds(needs, placed.gpuBytes),
    verdict,
    reason: isReload ? `it is in memory, or on its way there, with another profile, and would be loaded again: ${reason}` : reason,
    ...toFree(placed, ledger.basisOf(pool, holders), ledger.graphicsBasis(holders)),
    unload: plan.type === 'unload' ? plan.victims.map(toVictim) : [],
    pinned: holders.filter(({ isPinned }) => isPinned).map((holder) => holder.model),
    ...(stuck.length > 0 && { cannot_unload: stuck.map((holder) => holder.model) }),
  };
}

function toHead({ deployment: { engine }, name }: Candidate, ledger: Ledger): Pick<ModelPlan, 'model' | 'engine' | 'unload' | 'pinned'> {
  const unknown = engine.isLocal === true && engine.kind !== 'llama.cpp' ? ledger.graphicsUnknown : undefined;
  return { model: name, engine: engine.id, unload: [], pinned: [], ...(unknown !== undefined && { gpus_unknown: unknown }) };
}

/** The profile that is meant, and what of it has no effect. */
function toMeant(candidate: Candidate, profile: LaunchProfile): Pick<ModelPlan, 'profile' | 'notes'> {
  const notes = toProfileNotes(candidate, profile);
  return { profile: toWireProfile(profile), ...(notes.length > 0 && { notes: [...notes] }) };
}

/** With which it is in memory, or on its way there; undefined: it is not, or nobody knows. */
function presentProfile({ profile, state }: Deployment): LaunchProfile | undefined {
  return profile ?? (loadedOf(state.lifecycle) && {});
}

interface MemoryNow {
  readonly holders: readonly Holder[];
  readonly free: Free;
}

/** Who holds what, and what is free; `without`: as if that one had left. */
function toSupply(ledger: Ledger, pool: string, without: string | undefined): MemoryNow {
  const all = ledger.holdersOf(pool);
  const holders = all.filter(({ key }) => key !== without);
  const freed = all.find(({ key }) => key === without);
  // Its mapped pages count as free already. Of a load under way nobody knows how much the machine shows by now: all of it is taken to be shown.
  const freedBytes = freed === undefined ? 0 : freed.bytes - (freed.gpuBytes ?? 0) - freed.mappedBytes;
  return { holders, free: ledger.freeOf(pool, holders, Math.max(0, freedBytes)) };
}

interface Longest {
  readonly candidate: Candidate;
  readonly profile: LaunchProfile;
  readonly needsBytes: number;
  readonly planFor: (bytes: number) => LoadPlan;
}

function toLongest({ candidate: { description }, profile, needsBytes, planFor }: Longest): Pick<ModelPlan, 'longest_context'> {
  const find = (fits: (plan: LoadPlan) => boolean): ReturnType<typeof longestContext> =>
    longestContext({
      description,
      profile,
      needsBytes,
      mostTokens: OPTION_RANGES.context_length.maximum,
      fits: (bytes) => fits(planFor(bytes)),
    });
  const longest = find(({ type }) => type !== 'never');
  if (longest === undefined) return {};
  const beside = find(({ type }) => type === 'fits')?.contextLength;
  const { contextLength, needsBytes: bytes } = longest;
  return { longest_context: { context_length: contextLength, needs_bytes: bytes, ...(beside !== undefined && { beside_others: beside }) } };
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
