import { getLlama, InsufficientMemoryError, LlamaLogLevel } from 'node-llama-cpp';
import type { Llama, LlamaContext, LlamaContextOptions, LlamaContextSequence, LlamaEmbeddingContext, LlamaModel } from 'node-llama-cpp';

import { toPlainText } from '../exit-reason.ts';
import type { OpenSettings } from '../protocol.ts';
import { createBatchFiller } from './fill-batches.ts';
import type { BatchFiller } from './fill-batches.ts';
import { Refusal } from './refusal.ts';
import { createPromptRenderer } from './render-prompt.ts';
import type { PromptRenderer } from './render-prompt.ts';
import { createSlotPool } from './slot-pool.ts';
import type { SlotPool } from './slot-pool.ts';
import { createThreadTuner } from './thread-tuner.ts';
import type { ThreadTuner } from './thread-tuner.ts';

export interface CompletionModel {
  readonly purpose: 'completion';
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly context: LlamaContext;
  readonly slots: SlotPool<LlamaContextSequence>;
  readonly batches: BatchFiller;
  readonly renderer: PromptRenderer;
  readonly tuner: ThreadTuner;
}

export interface EmbeddingModel {
  readonly purpose: 'embedding';
  readonly model: LlamaModel;
  readonly context: LlamaEmbeddingContext;
  readonly contextLength: number;
}

export type OpenedModel = CompletionModel | EmbeddingModel;

export interface OpenOptions {
  readonly settings: OpenSettings;
  readonly platform: string;
  readonly onProgress: (fraction: number | undefined) => void;
}

/** Brings a model into this process. Throws `Refusal` with the reason that llama.cpp gave. */
export async function openModel(options: OpenOptions): Promise<OpenedModel> {
  const { settings, platform, onProgress } = options;
  const complaints: string[] = [];
  const llama = await getLlama({
    gpu: platform === 'darwin' ? 'auto' : false,
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    maxThreads: settings.threads,
    logLevel: LlamaLogLevel.error,
    logger: (_level, message) => {
      complaints.push(message.trim());
      complaints.splice(0, complaints.length - 20);
    },
  });
  onProgress(undefined);
  try {
    const model = await llama.loadModel({ modelPath: settings.path, onLoadProgress: onProgress });
    onProgress(undefined);
    return settings.purpose === 'embedding' ? await openForEmbedding(model, settings) : await openForCompletion(llama, model, settings);
  } catch (error) {
    throw toRefusal(error, complaints);
  }
}

async function openForCompletion(llama: Llama, model: LlamaModel, settings: OpenSettings): Promise<CompletionModel> {
  const batches = createBatchFiller();
  const context = await model.createContext({
    contextSize: settings.contextLength,
    sequences: settings.slots,
    threads: settings.threads,
    batching: { itemPrioritizationStrategy: batches.strategy },
    ...toCacheOptions(settings.cacheType),
  });
  const sequences = Array.from({ length: settings.slots }, () => context.getSequence());
  const renderer = createPromptRenderer(model);
  // A template that cannot render a plain question should fail the load, not the first answer.
  renderer.render([{ role: 'user', content: 'Hello' }]);
  const tuner = createThreadTuner({
    most: settings.threads,
    apply(threads) {
      llama.maxThreads = threads;
    },
  });
  return { purpose: 'completion', llama, model, context, slots: createSlotPool(sequences), batches, renderer, tuner };
}

const CACHE_TYPES = { f16: 'F16', q8_0: 'Q8_0', q4_0: 'Q4_0' } as const;

/** Keys and values with fewer bits need flash attention, which llama.cpp has for every model on a CPU. */
function toCacheOptions(cacheType: OpenSettings['cacheType']): Partial<LlamaContextOptions> {
  if (cacheType === undefined) return {};
  const type = CACHE_TYPES[cacheType];
  return {
    // oxlint-disable-next-line typescript/no-deprecated -- marked as unstable by the library for graphics cards; only a profile that names a type gets here
    experimentalKvCacheKeyType: type,
    // oxlint-disable-next-line typescript/no-deprecated -- as above
    experimentalKvCacheValueType: type,
    ...(cacheType !== 'f16' && { flashAttention: true }),
  };
}

async function openForEmbedding(model: LlamaModel, settings: OpenSettings): Promise<EmbeddingModel> {
  const context = await model.createEmbeddingContext({
    contextSize: settings.contextLength,
    batchSize: settings.contextLength,
    threads: settings.threads,
  });
  return { purpose: 'embedding', model, context, contextLength: settings.contextLength };
}

function toRefusal(error: unknown, complaints: readonly string[]): Refusal {
  if (error instanceof Refusal) return error;
  const said = [...complaints, error instanceof Error ? error.message : String(error)].filter((line) => line !== '');
  if (
    error instanceof InsufficientMemoryError ||
    said.some((line) => /failed to allocate|out of memory|insufficient memory/iu.test(line))
  ) {
    return new Refusal('out_of_memory', 'There is not enough free memory for this model and its context.', { cause: error });
  }
  const telling = said.find((line) => /unknown|unsupported|missing|wrong|invalid|mismatch|error/iu.test(line)) ?? said.at(-1) ?? '';
  const reason = toPlainText(telling.replace(/^[\w ]+: (?=error)/u, '')).slice(0, 200);
  return new Refusal('bad_file', `llama.cpp could not load the file: ${reason}`, { cause: error });
}
