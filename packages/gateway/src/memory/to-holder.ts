import type { Deployment } from '../deployments/deployment.ts';
import { loadedOf, residentOf } from '../lifecycle/state.ts';
import { oldestOf } from '../scheduling/queue.ts';
import { isBusyForNobody } from '../scheduling/step.ts';
import { standingOf } from './holding.ts';
import type { Holder, Standing } from './holding.ts';

/** Where no load was timed: what a common disk gives. */
const USUAL_BYTES_PER_MS = 1e6;
/** Of ten answers nine took no longer. */
const DRAIN_QUANTILE = 0.9;

export interface HolderFacts {
  /** What its phase does not show; undefined: its phase is right. */
  readonly standing: Standing | undefined;
  readonly isPinned: boolean;
  /** The machine has graphics memory to count. */
  readonly hasGraphics: boolean;
  readonly needs: (model: string) => number | undefined;
}

/** What a deployment holds of the memory; undefined if it holds none. */
export function toHolder(
  { state, record, names, key }: Deployment,
  { standing: shown, isPinned, hasGraphics, needs }: HolderFacts,
): Holder | undefined {
  const { lifecycle } = state;
  const standing = shown ?? (isBusyForNobody(state) ? 'idle' : standingOf(lifecycle));
  if (standing === 'out') return undefined;
  const model = loadedOf(lifecycle)?.model ?? names.keys().next().value ?? key;
  const seen = loadedOf(lifecycle)?.memoryBytes ?? (lifecycle.phase === 'unknown' ? lifecycle.resident?.memoryBytes : undefined);
  const bytes = (standing === 'loading' ? undefined : seen) ?? needs(model) ?? seen ?? 0;
  const gpuBytes = hasGraphics && standing !== 'loading' ? Math.min(bytes, residentOf(lifecycle)?.gpuBytes ?? 0) : 0;
  const facts = names.values().next().value?.memoryFacts;
  return {
    key,
    model,
    bytes,
    standing,
    isPinned,
    cannotUnload: record.cannotUnload,
    readyAtMs: record.readyAtMs,
    lastUsedMs: record.lastUsedMs ?? lifecycle.since.monotonicMs,
    reloadMs: record.loadMs.median() ?? bytes / USUAL_BYTES_PER_MS,
    drainMs: record.answerMs.quantile(DRAIN_QUANTILE) ?? 0,
    oldestWaiterMs: oldestOf(state.queue),
    mappedBytes: facts?.areWeightsMapped ? Math.min(bytes, facts.weightsBytes) : 0,
    ...(gpuBytes > 0 && { gpuBytes }),
  };
}
