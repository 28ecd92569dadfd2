import { z } from 'zod';

import { contextReceiptSchema } from './context-wire.ts';

/** How an answer ended: by itself, at a token limit, to call tools, or because somebody stopped it. */
export const FINISH_REASONS = ['stop', 'length', 'tool_calls', 'stopped'] as const;
export const finishReasonSchema = z.enum(FINISH_REASONS);
export type FinishReason = z.infer<typeof finishReasonSchema>;

/** One try of one deployment. `code` and `detail` are there if it failed. */
export const attemptSchema = z.object({
  model: z.string(),
  engine: z.string(),
  outcome: z.enum(['finished', 'failed', 'stopped']),
  code: z.string().optional(),
  detail: z.string().optional(),
  duration_ms: z.number(),
});
export type Attempt = z.infer<typeof attemptSchema>;

/** Whose word a setting is. `message`: the system prompt that was given with an earlier message of the branch. */
export const SETTING_SOURCES = ['request', 'conversation', 'message'] as const;

/** Which settings of the request and of the conversation the answer was made with. What is in neither is not listed. */
export const appliedSettingsSchema = z.object({
  model: z.enum(SETTING_SOURCES).optional(),
  system: z.enum(SETTING_SOURCES).optional(),
  /** By the name of the option. */
  options: z.record(z.string(), z.object({ value: z.unknown(), from: z.enum(SETTING_SOURCES) })).optional(),
});
export type AppliedSettings = z.infer<typeof appliedSettingsSchema>;

/** What really happened to one answer. Durations in milliseconds; a figure that is not known is absent, never 0. */
export const receiptSchema = z.object({
  model: z.string(),
  engine: z.string(),
  requested_model: z.string().optional(),
  task: z.string(),
  started_at: z.string(),
  queue_ms: z.number(),
  load_ms: z.number(),
  first_token_ms: z.number().optional(),
  total_ms: z.number(),
  prompt_tokens: z.number().optional(),
  cached_tokens: z.number().optional(),
  completion_tokens: z.number().optional(),
  tokens_per_second: z.number().optional(),
  context_length: z.number().optional(),
  /** What of the conversation the model was given. */
  context: contextReceiptSchema.optional(),
  /** Why another model than the one asked for answered, if so. */
  fallback_reason: z.string().optional(),
  attempts: z.array(attemptSchema),
  seams: z.array(z.object({ from: z.string(), to: z.string(), reason: z.string() })),
  applied: appliedSettingsSchema.optional(),
});
export type Receipt = z.infer<typeof receiptSchema>;
