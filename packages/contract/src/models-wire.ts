import { z } from 'zod';

import { launchProfileSchema } from './launch-profile.ts';
import { estimateSchema, evidenceSchema, phaseSchema } from './phases.ts';

/**
 * A model's name: Ollama's grammar, lower and upper case letters, digits, `.`, `_`, `-`, `/` and one `:` before the tag. Without a tag, `latest` is meant.
 * At most 200 characters, no `..`, no leading `/`.
 */
export const modelNameSchema = z
  .string()
  .min(1)
  .max(200)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*(:[A-Za-z0-9_][A-Za-z0-9._-]*)?$/,
    'a model name such as mistral:latest',
  )
  .refine((name) => !name.includes('..'), 'a model name has no ".."');

/** The name with its tag: `mistral` is `mistral:latest`. */
export function withTag(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).includes(':') ? name : `${name}:latest`;
}

/** Figures of the deployment since the server started; what was never measured is absent. */
export const modelMetricsSchema = z.object({
  answers: z.int(),
  failures: z.int(),
  loads: z.int(),
  tokens_per_second: z.number().optional(),
  first_token_ms: z.number().optional(),
  last_load_ms: z.number().optional(),
});

/** What is learned of a model with its present launch profile, each with what it rests on; what was never measured is absent. */
export const modelEstimatesSchema = z.object({
  /** How long a load takes. */
  load: estimateSchema.optional(),
  /** How long an answer takes to begin once it has its turn. */
  first_token: estimateSchema.optional(),
  /** How long a request that comes now waits for its turn. */
  queue: estimateSchema.optional(),
  tokens_per_second: z.object({ value: z.number(), basis: z.string() }).optional(),
});
export type ModelEstimates = z.infer<typeof modelEstimatesSchema>;

/**
 * Whether requests are sent to a deployment that fails. `open`: others are tried instead until `retry_at`; `half_open`: one request shows whether it
 * answers again. The only deployment of a model is tried all the same. Loads, queues, refusals for memory and wrong requests are not counted.
 */
export const breakerViewSchema = z.object({
  state: z.enum(['closed', 'open', 'half_open']),
  /** In words, with the numbers. */
  reason: z.string(),
  since: z.string(),
  retry_at: z.string().optional(),
  /** Failures in a row. */
  failures: z.int(),
});
export type BreakerView = z.infer<typeof breakerViewSchema>;

export const modelViewSchema = z.object({
  name: z.string(),
  /** The engine's id, and its kind under the name that the older surface had. */
  engine: z.string(),
  provider: z.enum(['llama.cpp', 'ollama', 'openai']),
  /** The engine answers and the model is on its disk. Says nothing about memory: see `phase`. */
  health: z.boolean(),
  phase: phaseSchema,
  /** A token came out of it since it was loaded: a request is answered without a load. True in `ready` and `busy`. */
  ready: z.boolean(),
  reason: z.string(),
  since: z.string(),
  evidence: evidenceSchema.optional(),
  progress: z.number().min(0).max(1).optional(),
  eta: estimateSchema.optional(),
  /** Answers being written, and requests waiting for a slot. */
  active: z.int(),
  queued: z.int(),
  slots: z.int().optional(),
  default: z.boolean(),
  size_bytes: z.number().optional(),
  memory_bytes: z.number().optional(),
  /** Of `memory_bytes`: what lies in graphics memory. Absent: nobody can tell. */
  gpu_bytes: z.number().optional(),
  context_length: z.number().optional(),
  trained_context_length: z.number().optional(),
  family: z.string().optional(),
  parameter_size: z.string().optional(),
  quantization: z.string().optional(),
  capabilities: z.array(z.string()),
  /** Absent while nothing failed lately. */
  breaker: breakerViewSchema.optional(),
  /** What another client of the engine did with it, such as loading it with another context. Absent: nothing that was seen. */
  notice: evidenceSchema.optional(),
  /** Whether it goes on from the beginning of an answer: `untested` until it was tried. */
  continues: z.enum(['yes', 'no', 'untested']).optional(),
  /** The owner wants it kept in memory: it is never unloaded to make room, and is loaded at the start if memory allows. */
  pinned: z.boolean().optional(),
  /** False: its server was asked to unload it and cannot. */
  can_unload: z.boolean().optional(),
  estimates: modelEstimatesSchema.optional(),
  metrics: modelMetricsSchema,
});
export type ModelView = z.infer<typeof modelViewSchema>;

export const engineViewSchema = z.object({
  id: z.string(),
  kind: z.enum(['llama.cpp', 'ollama', 'openai']),
  address: z.string(),
  reachable: z.boolean(),
  version: z.string().optional(),
  /** In words: what was tried, for how long, and what came of it. */
  reason: z.string(),
  since: z.string(),
  checked_at: z.string().optional(),
});
export type EngineView = z.infer<typeof engineViewSchema>;

export const memoryViewSchema = z.object({
  total_bytes: z.number(),
  free_bytes: z.number(),
  resident: z.array(z.object({ model: z.string(), bytes: z.number() })),
  /** Graphics memory of this machine; absent where there is none, or none that can be read. `unified`: it is the machine's own memory, counted already. */
  gpus: z.array(z.object({ name: z.string(), total_bytes: z.number(), free_bytes: z.number(), unified: z.boolean() })).optional(),
  /** In words, why the memory of a graphics card is not known. Absent: there is none, or all of it is known. */
  gpus_unknown: z.string().optional(),
  /**
   * Engines elsewhere whose memory is counted, and what that rests on. Where it was learned: what was seen to fit into it at once (`at_least_bytes`), and
   * what was seen not to (`at_most_bytes`); `total_bytes` is then the latter, or where that is not known the former.
   */
  engines: z
    .array(
      z.object({
        engine: z.string(),
        total_bytes: z.number(),
        free_bytes: z.number(),
        at_least_bytes: z.number().optional(),
        at_most_bytes: z.number().optional(),
        basis: z.string(),
      }),
    )
    .optional(),
});
export type MemoryView = z.infer<typeof memoryViewSchema>;

/** `GET /api/models`. */
export const modelsViewSchema = z.object({
  models: z.array(modelViewSchema),
  engines: z.array(engineViewSchema),
  memory: memoryViewSchema,
  default_model: z.string().optional(),
});
export type ModelsView = z.infer<typeof modelsViewSchema>;

const PLAN_VERDICTS = ['resident', 'fits', 'after_unloading', 'never', 'not_counted'] as const;

/** One thing that would make a load fit that does not, with its numbers. */
export const wayToFitSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('shorter_context'), context_length: z.int(), needs_bytes: z.number() }),
  /** Models to unpin or to unload by hand. */
  z.object({ type: z.literal('without'), models: z.array(z.object({ model: z.string(), bytes: z.number() })) }),
  z.object({ type: z.literal('other_model'), model: z.string(), needs_bytes: z.number() }),
]);
export type WayToFit = z.infer<typeof wayToFitSchema>;

/** The answer of `POST /api/models/warmup`: the models that are on their way, or there already. */
export const warmingViewSchema = z.object({ models: z.array(modelViewSchema) });
export type WarmingView = z.infer<typeof warmingViewSchema>;

/** `POST /api/models/plan`: `profile` is what of the model's launch profile would be changed; the rest of it stays as it is. */
export const planRequestSchema = z.strictObject({ model: modelNameSchema, profile: launchProfileSchema.optional() });

/** `POST /api/models/plan`: what a load would do now. `basis` says what a figure rests on; what is not known is absent. */
export const modelPlanSchema = z.object({
  model: z.string(),
  engine: z.string(),
  /** The launch profile that is meant, where the request changes it; what is absent is the engine's own choice. */
  profile: launchProfileSchema.optional(),
  /** What of that profile has no effect with this engine, and why. Absent: all of it has one. */
  notes: z.array(z.object({ field: z.string(), reason: z.string() })).optional(),
  verdict: z.enum(PLAN_VERDICTS),
  /** In words, with the numbers. */
  reason: z.string(),
  needs: z
    .object({
      bytes: z.number(),
      basis: z.string(),
      weights_bytes: z.number().optional(),
      cache_bytes: z.number().optional(),
      compute_bytes: z.number().optional(),
      /** Of `bytes`: what goes into graphics memory; the rest takes of the machine's own. Absent: none. */
      gpu_bytes: z.number().optional(),
    })
    .optional(),
  free: z.object({ bytes: z.number(), basis: z.string() }).optional(),
  /** Free graphics memory; absent where the engine is not known to use any. */
  free_gpu: z.object({ bytes: z.number(), basis: z.string() }).optional(),
  /** In words, why graphics memory is not counted though there is some. */
  gpus_unknown: z.string().optional(),
  unload: z.array(z.object({ model: z.string(), bytes: z.number(), in_use: z.boolean() })),
  pinned: z.array(z.string()),
  /** Models in the way whose servers cannot unload them. */
  cannot_unload: z.array(z.string()).optional(),
  /**
   * The longest context that fits with these slots and this cache type, with everything unloaded that may be; `beside_others`: with nothing unloaded, and
   * absent where none fits so. Absent: none fits, or it cannot be told.
   */
  longest_context: z.object({ context_length: z.int(), needs_bytes: z.number(), beside_others: z.int().optional() }).optional(),
  /** Set where the verdict is `never`: what would fit. */
  would_fit: z.array(wayToFitSchema).optional(),
});
export type ModelPlan = z.infer<typeof modelPlanSchema>;

/** What `GET /api/models/events` sends: one whole picture first, then what changed. */
export const modelsEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('models'), ...modelsViewSchema.shape }),
  z.object({ type: z.literal('model'), model: modelViewSchema }),
  z.object({ type: z.literal('model_removed'), name: z.string(), engine: z.string() }),
  z.object({ type: z.literal('engine'), engine: engineViewSchema }),
  z.object({ type: z.literal('memory'), memory: memoryViewSchema }),
]);
export type ModelsEvent = z.infer<typeof modelsEventSchema>;
