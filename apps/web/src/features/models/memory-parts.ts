import type { MemoryView, ModelsView, ModelView, Phase } from '@pilotlight/contract';

import type { AppState } from '../../app/app-state.ts';
import { formatBytes, formatPercent, formatShare } from '../../ui/format.ts';
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
  /** Resident, resident without use as it gives no token, promised to a load, used by others, free. */
  readonly kind: 'res' | 'bad' | 'rsv' | 'oth' | 'fre';
  /** In thousandths of the whole, at least 1. */
  readonly share: number;
  readonly progress?: number | undefined;
}

/** The memory of this machine as one bar. What a load has not taken yet is shown out of the free part; what lies on a card has a bar of its own. */
export function memoryParts(view: ModelsView): MemoryPart[] {
  const { memory, models } = view;
  const { total_bytes: total, free_bytes: free } = memory;
  const held = new Set(memory.resident.map(({ model }) => model));
  const loading = models.filter((model) => model.phase === 'loading' && !held.has(model.name) && isHere(memory, model));
  const promised = loading.map((model) => ({ model, bytes: model.memory_bytes ?? model.size_bytes ?? 0 }));
  const promisedBytes = Math.min(free, sum(promised.map(({ bytes }) => bytes)));
  return toParts(total, [
    ...toResident(total - free, machineHeld(view)),
    ...promised.map(({ model, bytes }) => ({ key: `rsv ${model.name}`, kind: 'rsv' as const, share: bytes, progress: model.progress })),
    { key: 'free', kind: 'fre', share: Math.max(0, free - promisedBytes) },
  ]);
}

/** The memory of the graphics cards together, as a model may lie on several. */
export interface Graphics {
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly parts: readonly MemoryPart[];
  /** Each card in words. */
  readonly cards: readonly string[];
}

/** Graphics memory that is not the machine's own; undefined where there is none, or none that can be read. */
export function graphicsOf(view: ModelsView): Graphics | undefined {
  const cards = ownCards(view.memory);
  if (cards.length === 0) return undefined;
  const totalBytes = sum(cards.map(({ total_bytes: bytes }) => bytes));
  const freeBytes = sum(cards.map(({ free_bytes: bytes }) => bytes));
  const held = residentHere(view).flatMap(({ model, view: known }) =>
    known?.gpu_bytes === undefined ? [] : [{ model, bytes: known.gpu_bytes, view: known }],
  );
  return {
    totalBytes,
    freeBytes,
    parts: toParts(totalBytes, [...toResident(totalBytes - freeBytes, held), { key: 'free', kind: 'fre', share: freeBytes }]),
    cards: cards.map(({ name, total_bytes: total, free_bytes: free }) => `${name}: ${formatShare(free, total)} free`),
  };
}

/** Said of the machine's memory where its graphics use the same. */
export function sharedWords({ gpus = [] }: MemoryView): string | undefined {
  const names = gpus.filter(({ unified }) => unified).map(({ name }) => name);
  return names.length === 0 ? undefined : `${names.join(', ')} uses this memory too`;
}

function ownCards({ gpus = [] }: MemoryView) {
  return gpus.filter(({ unified, total_bytes: total }) => !unified && total > 0);
}

/** Engines elsewhere have memory of their own. */
function isHere({ engines = [] }: MemoryView, model: ModelView | undefined): boolean {
  return engines.every(({ engine }) => engine !== model?.engine);
}

function residentHere({ memory, models }: ModelsView): readonly Held[] {
  return memory.resident
    .map(({ model, bytes }) => ({ model, bytes, view: models.find(({ name, phase }) => name === model && phase !== 'cold') }))
    .filter(({ view }) => isHere(memory, view));
}

/** What models hold of the machine's own memory: what lies on a card is not in it. */
function machineHeld(view: ModelsView): readonly Held[] {
  const hasCards = ownCards(view.memory).length > 0;
  return residentHere(view).map((held) => ({ ...held, bytes: held.bytes - (hasCards ? (held.view?.gpu_bytes ?? 0) : 0) }));
}

interface Held {
  readonly model: string;
  readonly bytes: number;
  readonly view: ModelView | undefined;
}

/** What is in use: by models, and by others. */
function toResident(used: number, held: readonly Held[]): MemoryPart[] {
  const others = Math.max(0, used - sum(held.map(({ bytes }) => bytes)));
  return [
    ...held.map(({ model, bytes, view }) => ({
      key: `res ${model}`,
      kind: view?.phase === 'wedged' ? ('bad' as const) : ('res' as const),
      share: bytes,
    })),
    { key: 'others', kind: 'oth', share: others },
  ];
}

function toParts(total: number, parts: readonly MemoryPart[]): MemoryPart[] {
  return parts.filter(({ share }) => share > 0).map((part) => ({ ...part, share: Math.max(1, Math.round((part.share / total) * 1000)) }));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
