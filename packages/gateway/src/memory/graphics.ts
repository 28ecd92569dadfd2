import type { EngineKind, GpuReading } from '@pilotlight/contract';

import { sum } from './holding.ts';
import type { Holder } from './holding.ts';

/** Graphics memory of this machine that is not its own memory, as plans count it. */
export interface GraphicsSupply {
  /** Of all cards together; `Infinity` where there is some and nobody can tell how much. */
  readonly totalBytes: number;
  /** What others than the engines here have in it. */
  readonly foreignBytes: number;
}

/** What the cards have, and what is in use of it; undefined where there is nothing to count. What is the machine's own memory is counted as that. */
export function toCapacity({ gpus, unknown }: GpuReading): { readonly totalBytes: number; readonly usedBytes: number } | undefined {
  const own = gpus.filter(({ isUnified }) => !isUnified);
  if (own.length === 0) return unknown === undefined ? undefined : { totalBytes: Number.POSITIVE_INFINITY, usedBytes: 0 };
  return {
    totalBytes: sum(own, ({ totalBytes }) => totalBytes),
    usedBytes: sum(own, ({ totalBytes, freeBytes }) => totalBytes - freeBytes),
  };
}

export interface GraphicsHabit {
  readonly kind: EngineKind;
  /** What each load of this engine had in graphics memory, as far as it told. */
  readonly ofEngine: readonly number[];
  /** The same of the last load of the model that is asked for. */
  readonly ofModel: number | undefined;
  readonly supply: GraphicsSupply;
}

/**
 * Whether a load takes graphics memory: if loads of this engine were seen to, unless this model's own did not. Where none was seen an Ollama does, as it
 * takes a card that it can use without being told; but not where the cards cannot even be read.
 */
export function takesGraphics({ kind, ofEngine, ofModel, supply }: GraphicsHabit): boolean {
  if (ofModel !== undefined && ofModel > 0) return true;
  if (ofEngine.some((bytes) => bytes > 0)) return ofModel === undefined;
  return ofEngine.length === 0 && kind === 'ollama' && Number.isFinite(supply.totalBytes);
}

/** What is free of it: the whole, less what others and the models here have in it. */
export function toFreeGraphics({ totalBytes, foreignBytes }: GraphicsSupply, holders: readonly Holder[]): number {
  return totalBytes - foreignBytes - sum(holders, ({ gpuBytes = 0 }) => gpuBytes);
}

/** Gives loads under way that take graphics memory as much of it as is left, in turn: what they will have is seen only when they are done. */
export function assignGraphics(
  entries: readonly { readonly holder: Holder; readonly takesGraphics: boolean }[],
  supply: GraphicsSupply,
): readonly Holder[] {
  const holders = entries.map(({ holder }) => holder);
  let left = Math.max(0, toFreeGraphics(supply, holders));
  return entries.map(({ holder, takesGraphics: takes }) => {
    if (holder.standing !== 'loading' || !takes) return holder;
    const gpuBytes = Math.min(left, holder.bytes);
    left -= gpuBytes;
    return { ...holder, gpuBytes };
  });
}

/** What the models here have in graphics memory, and whether one is on its way into it or out of it. */
export function toGraphicsHeld(holders: readonly Holder[]): { readonly bytes: number; readonly isMoving: boolean } {
  const held = holders.filter(({ gpuBytes = 0 }) => gpuBytes > 0);
  const isMoving = held.some(({ standing }) => standing === 'loading' || standing === 'leaving');
  return { bytes: sum(held, ({ gpuBytes = 0, standing }) => (standing === 'loading' ? 0 : gpuBytes)), isMoving };
}
