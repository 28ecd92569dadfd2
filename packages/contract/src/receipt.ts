import { z } from 'zod';

import { launchProfileSchema } from './launch-profile.ts';
import { optionNoteSchema } from './options.ts';

import { contextReceiptSchema } from './context-wire.ts';

/** How an answer ended: by itself, at a token limit, to call tools, or because somebody stopped it. */
export const FINISH_REASONS = ['stop', 'length', 'tool_calls', 'stopped'] as const;
export const finishReasonSchema = z.enum(FINISH_REASONS);
export type FinishReason = z.infer<typeof finishReasonSchema>;

/** One try of one deployment. `code` and `detail` are there if it failed, or was stopped at a limit of time. */
export const attemptSchema = z.object({
  model: z.string(),
  engine: z.string(),
  /** `moved`: it waited here for its turn, and went to another engine that was free sooner. */
  outcome: z.enum(['finished', 'failed', 'stopped', 'moved']),
  /** Why it was this one's turn, where that needs a word: "the fast one is away". */
  reason: z.string().optional(),
  /** It went on from the text of the try before it. */
  continued: z.boolean().optional(),
  code: z.string().optional(),
  detail: z.string().optional(),
  duration_ms: z.number(),
});
export type Attempt = z.infer<typeof attemptSchema>;

/**
 * Whose word a setting is. `message`: the system prompt that was given with an earlier message of the branch. `model`: the defaults of the model that
 * answered. `engine`: nobody said anything, and the engine tells what it took.
 */
export const SETTING_SOURCES = ['request', 'conversation', 'message', 'model', 'engine'] as const;

/** Which settings the answer was made with, and whose word each is. What is in none is not listed. A schema is not repeated: its value is `schema`. */
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
  /** The launch profile with which the model was in memory; absent where nothing of it was set. */
  profile: launchProfileSchema.optional(),
  /** How long it thought before the first word of the answer, and in how many tokens where the engine counts them. */
  reasoning_ms: z.number().optional(),
  reasoning_tokens: z.number().optional(),
  /** What of the conversation the model was given. */
  context: contextReceiptSchema.optional(),
  /** Why another model than the one asked for answered, if so. */
  fallback_reason: z.string().optional(),
  attempts: z.array(attemptSchema),
  /** Deployments that would have come before one that was tried, and why they were not tried. */
  passed_over: z.array(z.object({ model: z.string(), engine: z.string(), reason: z.string() })).optional(),
  seams: z.array(z.object({ from: z.string(), to: z.string(), reason: z.string() })),
  applied: appliedSettingsSchema.optional(),
  /** Options that were asked for and did not apply, or not as asked, and why. */
  options_not_applied: z.array(optionNoteSchema).optional(),
});
export type Receipt = z.infer<typeof receiptSchema>;
