import type { ModelsView, ModelView } from '@pilotlight/contract';

import { formatBytes, formatPercent } from '../../ui/format.ts';

const SHOWN = new Set(['loading', 'warming', 'ready', 'busy', 'draining', 'unloading', 'wedged', 'failed', 'downloading']);

/** The models that are in memory, on their way, or failed at it; with what is to say about each. */
export function modelsInMemory({ models }: ModelsView): { readonly model: ModelView; readonly words: string }[] {
  return models.filter((model) => SHOWN.has(model.phase)).map((model) => ({ model, words: wordsOf(model) }));
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
