/** What a model's memory depends on, as its file says. What the file does not say is absent. */
export interface MemoryFacts {
  readonly weightsBytes: number;
  readonly layers: number;
  /** Heads whose keys and values are kept: one number for all layers, or one for each; 0 for a layer that keeps none. */
  readonly kvHeads: number | readonly number[];
  /** Numbers in the key and in the value of one head. */
  readonly keyLength: number;
  readonly valueLength: number;
  readonly embeddingLength: number;
  readonly feedForwardLength?: number;
  readonly vocabulary?: number;
  /** How far back the layers of `slidingLayers` look, in tokens: they keep no more than that. */
  readonly slidingWindow?: number;
  readonly slidingLayers?: readonly boolean[];
  /** What the engine chooses where the launch profile says nothing. */
  readonly defaults: { readonly contextLength: number; readonly slots: number };
  /** What the engine's process takes beside the model. */
  readonly processBytes?: number;
  /** The weights are pages of the file, which the machine counts as free although they are in use. */
  readonly areWeightsMapped?: boolean;
}

export interface MemoryFactsSource {
  /** An entry of the header under its full name; lists as arrays. */
  readonly read: (key: string) => unknown;
  readonly weightsBytes: number;
  readonly vocabulary?: number | undefined;
  readonly defaults: MemoryFacts['defaults'];
}

/**
 * Of every so many layers the last sees everything and the others slide, for architectures whose files do not say so themselves: what `load_hparams`
 * of llama.cpp sets (`set_swa_pattern`). Other architectures do not slide there, whatever their header says of a window.
 */
const SLIDING_PATTERNS: ReadonlyMap<string, number> = new Map([
  ['gemma2', 2],
  ['gemma3', 6],
  ['gemma3n', 5],
  ['gpt-oss', 2],
  ['gptoss', 2],
  ['cohere2', 4],
]);
const MOST_LAYERS = 10_000;

/**
 * Reads the facts from the header of a GGUF file (or what Ollama shows of it: the same names, but lists are left out). Undefined where layers, heads
 * or width are missing. A key length that is absent is width ÷ heads, as llama.cpp has it.
 */
export function toMemoryFacts({ read, weightsBytes, vocabulary, defaults }: MemoryFactsSource): MemoryFacts | undefined {
  const family = read('general.architecture');
  const figure = (key: string): number | undefined => toPositive(read(`${String(family)}.${key}`));
  const layers = figure('block_count');
  const embeddingLength = figure('embedding_length');
  const heads = read(`${String(family)}.attention.head_count`);
  const mostHeads = Array.isArray(heads) ? toPositive(Math.max(...heads.map(Number))) : toPositive(heads);
  if (layers === undefined || layers > MOST_LAYERS || embeddingLength === undefined || mostHeads === undefined) return undefined;
  const kvHeads = toKvHeads(read, String(family), { layers, heads: mostHeads });
  const headLength = Math.ceil(embeddingLength / mostHeads);
  const feedForwardLength = figure('feed_forward_length');
  const words = vocabulary ?? figure('vocab_size');
  return {
    weightsBytes,
    layers,
    kvHeads,
    keyLength: figure('attention.key_length') ?? headLength,
    valueLength: figure('attention.value_length') ?? headLength,
    embeddingLength,
    ...(feedForwardLength !== undefined && { feedForwardLength }),
    ...(words !== undefined && { vocabulary: words }),
    ...toSliding(read, String(family), layers),
    defaults,
  };
}

/** By layer where the file says so, none for the layers between those of a hybrid that attend, else the same for all; where it is not told, all heads. */
function toKvHeads(
  read: MemoryFactsSource['read'],
  family: string,
  { layers, heads }: { readonly layers: number; readonly heads: number },
): MemoryFacts['kvHeads'] {
  const listed = read(`${family}.attention.head_count_kv`);
  if (Array.isArray(listed) && listed.length === layers) return listed.map((count) => toPositive(count) ?? 0);
  const each = toPositive(listed) ?? heads;
  const interval = toPositive(read(`${family}.full_attention_interval`));
  if (interval === undefined || interval < 2) return each;
  return Array.from({ length: layers }, (_, layer) => ((layer + 1) % interval === 0 ? each : 0));
}

function toSliding(read: MemoryFactsSource['read'], family: string, layers: number): Pick<MemoryFacts, 'slidingWindow' | 'slidingLayers'> {
  const slidingWindow = toPositive(read(`${family}.attention.sliding_window`));
  const told = read(`${family}.attention.sliding_window_pattern`);
  if (slidingWindow === undefined) return {};
  if (Array.isArray(told) && told.length === layers) return { slidingWindow, slidingLayers: told.map(Boolean) };
  const pattern = SLIDING_PATTERNS.has(family) ? (toPositive(told) ?? SLIDING_PATTERNS.get(family)) : undefined;
  if (pattern === undefined) return {};
  return { slidingWindow, slidingLayers: Array.from({ length: layers }, (_, layer) => layer % pattern < pattern - 1) };
}

function toPositive(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
