import type { Capability } from '@pilotlight/contract';

import type { HeaderValue } from './read-entries.ts';
import type { GgufHeader } from './read-header.ts';
import { fileTypeName } from './tensor-types.ts';

/** The sampling that a model's maker recommends; what the file does not say is absent. */
export interface SamplingHints {
  readonly temperature?: number;
  readonly top_k?: number;
  readonly top_p?: number;
  readonly min_p?: number;
  readonly repeat_penalty?: number;
}

/** What people and the engine want to know of a model file. */
export interface ModelFacts {
  readonly family: string | undefined;
  readonly weights: number;
  readonly quantization: string | undefined;
  readonly trainedContextLength: number | undefined;
  readonly capabilities: readonly Capability[];
  readonly sampling: SamplingHints;
  /** Its template takes an effort: how much to think. */
  readonly takesEffort: boolean;
  /** Memory that one token of context takes, with keys and values as 16-bit numbers. Undefined where the header does not tell. */
  readonly cacheBytesPerToken: number | undefined;
  /** An entry as it stands in the header, lists as arrays. */
  readonly read: (key: string) => unknown;
  /** How many words it knows, if the file says so. */
  readonly vocabulary: number | undefined;
  /** Of a file in several parts: how many there are, and which this is, from 0. */
  readonly parts: { readonly count: number; readonly index: number } | undefined;
  /** Set if the file is sound but no model that could be loaded by itself. */
  readonly defect: string | undefined;
}

/** Architectures that only turn text into vectors. */
const ENCODERS = new Set([
  'bert',
  'nomic-bert',
  'nomic-bert-moe',
  'neo-bert',
  'modern-bert',
  'jina-bert-v2',
  'jina-bert-v3',
  'eurobert',
  'gemma-embedding',
  't5encoder',
]);

/** Reads the facts out of a sound header. Tolerant: an entry of an unexpected type is as if it were not there. */
export function describeHeader(header: GgufHeader): ModelFacts {
  const { entries } = header;
  const family = text(entries.get('general.architecture'));
  const fileType = whole(entries.get('general.file_type'));
  const partCount = whole(entries.get('split.count')) ?? 0;
  return {
    family,
    weights: header.weights,
    quantization: (fileType === undefined ? undefined : fileTypeName(fileType)) ?? header.mainTensorType,
    trainedContextLength: positive(entries.get(`${family}.context_length`)),
    capabilities: toCapabilities(entries, family),
    sampling: toSampling(entries),
    takesEffort: templatesOf(entries).some((template) => template.includes('reasoning_effort')),
    cacheBytesPerToken: toCacheBytes(entries, family),
    read: (key) => toPlain(entries.get(key)),
    vocabulary: toVocabulary(entries),
    parts: partCount > 1 ? { count: partCount, index: whole(entries.get('split.no')) ?? 0 } : undefined,
    defect: toDefect(entries, family, partCount),
  };
}

/** "135M", "7.6B": as model makers write it, two digits below ten. */
export function toSizeLabel(weights: number): string | undefined {
  for (const [unit, size] of [
    ['T', 1e12],
    ['B', 1e9],
    ['M', 1e6],
    ['K', 1e3],
  ] as const) {
    if (weights < size * 0.9995) continue;
    const count = weights / size;
    return `${count < 9.95 ? Number(count.toFixed(1)) : Math.round(count)}${unit}`;
  }
  return weights > 0 ? String(weights) : undefined;
}

function toCapabilities(entries: GgufHeader['entries'], family: string | undefined): readonly Capability[] {
  const pooling = whole(entries.get(`${family}.pooling_type`)) ?? 0;
  if (pooling > 0 || (family !== undefined && ENCODERS.has(family))) return ['embedding'];
  const capabilities: Capability[] = ['completion'];
  const templates = templatesOf(entries);
  if (templates.some((template) => /\btools\b/.test(template))) capabilities.push('tools');
  if (templates.some((template) => /<think>|enable_thinking|reasoning_content/.test(template))) capabilities.push('thinking');
  return capabilities;
}

function templatesOf(entries: GgufHeader['entries']): readonly string[] {
  return [...entries].flatMap(([key, value]) => (key.startsWith('tokenizer.chat_template') && typeof value === 'string' ? [value] : []));
}

/** Layers × heads that are kept × (key + value) × two bytes. Where a model has other numbers of heads by layer, the most it can be. */
function toCacheBytes(entries: GgufHeader['entries'], family: string | undefined): number | undefined {
  const figure = (key: string): number | undefined => positive(entries.get(`${family}.${key}`));
  const layers = figure('block_count');
  const heads = figure('attention.head_count');
  const width = figure('embedding_length');
  if (layers === undefined || heads === undefined || width === undefined) return undefined;
  const kept = figure('attention.head_count_kv') ?? heads;
  const keyLength = figure('attention.key_length') ?? width / heads;
  const valueLength = figure('attention.value_length') ?? width / heads;
  return Math.ceil(layers * kept * (keyLength + valueLength) * 2);
}

function toSampling(entries: GgufHeader['entries']): SamplingHints {
  const within = (key: string, lowest: number, highest: number): number | undefined => {
    const value = entries.get(`general.sampling.${key}`);
    return typeof value === 'number' && value >= lowest && value <= highest ? value : undefined;
  };
  const hints = {
    temperature: within('temp', 0, 5),
    top_k: within('top_k', 0, 1000),
    top_p: within('top_p', 0, 1),
    min_p: within('min_p', 0, 1),
    repeat_penalty: within('penalty_repeat', 0.1, 5),
  };
  return Object.fromEntries(Object.entries(hints).filter(([, value]) => value !== undefined));
}

function toDefect(entries: GgufHeader['entries'], family: string | undefined, partCount: number): string | undefined {
  const kind = text(entries.get('general.type'));
  if (kind === 'adapter') return 'it is an adapter for another model, not a model';
  if (kind === 'mmproj' || family === 'clip') return 'it is the image reader of another model, not a model';
  if (kind === 'vocab') return 'it holds a vocabulary without weights';
  if (kind === 'imatrix') return 'it holds measurements for quantizing, not a model';
  if (family === undefined) return 'its header does not name an architecture';
  if (partCount > 1_000) return 'it claims to have more than 1,000 parts';
  if (partCount <= 1 && !hasVocabulary(entries)) return 'it has no vocabulary';
  return undefined;
}

function hasVocabulary(entries: GgufHeader['entries']): boolean {
  return (toVocabulary(entries) ?? 0) > 0;
}

function toVocabulary(entries: GgufHeader['entries']): number | undefined {
  const tokens = entries.get('tokenizer.ggml.tokens');
  return typeof tokens === 'object' ? tokens.arrayLength : undefined;
}

function toPlain(value: HeaderValue | undefined): unknown {
  return typeof value === 'object' ? value.values : value;
}

function text(value: HeaderValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function whole(value: HeaderValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function positive(value: HeaderValue | undefined): number | undefined {
  const number = whole(value);
  return number === 0 ? undefined : number;
}
