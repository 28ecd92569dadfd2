import { z } from 'zod';

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
  /** Why another model than the one asked for answered, if so. */
  fallback_reason: z.string().optional(),
  attempts: z.array(attemptSchema),
  seams: z.array(z.object({ from: z.string(), to: z.string(), reason: z.string() })),
});
export type Receipt = z.infer<typeof receiptSchema>;
