import type { ModelsView, ModelView, Phase } from '@pilotlight/contract';

import type { AppState } from '../../app/app-state.ts';
import { formatBytes, formatPercent } from '../../ui/format.ts';
import { silentWords } from '../thread/waiting-words.ts';
import { isUnusable } from './models-state.ts';
import { isResident, phaseWords } from './phase-words.ts';

const LIVE = new Set(['loading', 'warming', 'ready', 'busy', 'draining', 'unloading', 'wedged', 'downloading']);

export interface MemoryRow {
  readonly model: ModelView;
  /** A model whose every answer is silent does not count as writing. */
  readonly phase: Phase;
  readonly words: string;
}

/** For how many answers of a model no token comes, and since when. */
export interface Silence {
  readonly answers: number;
  readonly since: string;
}

export interface InMemory {
  /** In memory or on their way there first, then those that failed at it; with what is to say about each. */
  readonly rows: readonly MemoryRow[];
  /** Files that no load will help. */
  readonly unusable: readonly ModelView[];
}

/** What is to say of models at the foot of the list. */
export function modelsInMemory({ models }: ModelsView, silences: ReadonlyMap<string, Silence> = new Map(), now = 0): InMemory {
  const live = models.filter((model) => LIVE.has(model.phase) || isResident(model));
  const failed = models.filter((model) => model.phase === 'failed' && model.health);
  return { rows: [...live, ...failed].map((model) => toRow(model, silences.get(model.name), now)), unusable: models.filter(isUnusable) };
}

function toRow(model: ModelView, silence: Silence | undefined, now: number): MemoryRow {
  const isSilent = silence !== undefined && model.phase === 'busy' && model.active <= silence.answers;
  if (isSilent) return { model, phase: 'unknown', words: silentWords(silence, now) };
  return { model, phase: model.phase, words: wordsOf(model) };
}

/** Which models are silent in answers that this page reads along with. */
export function silencesOf(answers: AppState['answers']): ReadonlyMap<string, Silence> {
  const silences = new Map<string, Silence>();
  for (const { phase, end } of Object.values(answers)) {
    if (end !== undefined || phase?.phase !== 'stalled') continue;
    const known = silences.get(phase.model);
    silences.set(phase.model, { answers: (known?.answers ?? 0) + 1, since: known?.since ?? phase.since });
  }
  return silences;
}

/** Files that cannot be used, on one line. */
export function unusableWords(count: number): string {
  return count === 1 ? '1 file cannot be used' : `${count} files cannot be used`;
}

function wordsOf(model: ModelView): string {
  if (model.phase === 'loading' || model.phase === 'downloading')
    return model.progress === undefined ? model.phase : formatPercent(model.progress);
  if (isResident(model) && model.memory_bytes === undefined) return phaseWords(model, 0);
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
