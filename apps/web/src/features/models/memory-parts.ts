import type { ModelsView, ModelView } from '@pilotlight/contract';

import { formatBytes, formatPercent } from '../../ui/format.ts';
import { isUnusable } from './models-state.ts';

const LIVE = new Set(['loading', 'warming', 'ready', 'busy', 'draining', 'unloading', 'wedged', 'downloading']);

export interface InMemory {
  /** In memory or on their way there first, then those that failed at it; with what is to say about each. */
  readonly rows: readonly { readonly model: ModelView; readonly words: string }[];
  /** Files that no load will help. */
  readonly unusable: readonly ModelView[];
}

/** What is to say of models at the foot of the list. */
export function modelsInMemory({ models }: ModelsView): InMemory {
  const live = models.filter((model) => LIVE.has(model.phase));
  const failed = models.filter((model) => model.phase === 'failed' && model.health);
  return { rows: [...live, ...failed].map((model) => ({ model, words: wordsOf(model) })), unusable: models.filter(isUnusable) };
}

/** Files that cannot be used, on one line. */
export function unusableWords(count: number): string {
  return count === 1 ? '1 file cannot be used' : `${count} files cannot be used`;
}

function wordsOf(model: ModelView): string {
  if (model.phase === 'loading' || model.phase === 'downloading')
    return model.progress === undefined ? model.phase : formatPercent(model.progress);
  const bytes = model.memory_bytes ?? model.size_bytes;
  return model.phase === 'failed' || bytes === undefined ? model.phase : formatBytes(bytes);
}

export interface MemoryPart {
  readonly key: string;
  /** Resident, promised to a load, used by others, free. */
  readonly kind: 'res' | 'rsv' | 'oth' | 'fre';
  /** In thousandths of the whole, at least 1. */
  readonly share: number;
  readonly progress?: number | undefined;
}

/** The memory of this machine as one bar. What a load has not taken yet is shown out of the free part. */
export function memoryParts({ memory, models }: ModelsView): MemoryPart[] {
  const { total_bytes: total, free_bytes: free, resident } = memory;
  const held = new Set(resident.map(({ model }) => model));
  const loading = models.filter((model) => model.phase === 'loading' && !held.has(model.name));
  const promised = loading.map((model) => ({ model, bytes: model.memory_bytes ?? model.size_bytes ?? 0 }));
  const residentBytes = sum(resident.map(({ bytes }) => bytes));
  const promisedBytes = Math.min(free, sum(promised.map(({ bytes }) => bytes)));
  const others = Math.max(0, total - free - residentBytes);
  const parts: MemoryPart[] = [
    ...resident.map(({ model, bytes }) => ({ key: `res ${model}`, kind: 'res' as const, share: bytes })),
    ...promised.map(({ model, bytes }) => ({ key: `rsv ${model.name}`, kind: 'rsv' as const, share: bytes, progress: model.progress })),
    { key: 'others', kind: 'oth', share: others },
    { key: 'free', kind: 'fre', share: Math.max(0, free - promisedBytes) },
  ];
  return parts.filter(({ share }) => share > 0).map((part) => ({ ...part, share: Math.max(1, Math.round((part.share / total) * 1000)) }));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
