import { z } from 'zod';

import { idSchema } from './ids.ts';

/**
 * What is done with a conversation that is longer than the model's window. `stop`: nothing is sent, the problem names the figures. `drop_oldest`: the
 * oldest turns are left out, whole; the system prompt and the last question always stay, the first question if it fits. `summarise`: the model
 * itself writes a summary of them, which takes their place.
 */
export const CONTEXT_POLICIES = ['stop', 'drop_oldest', 'summarise'] as const;
export const contextPolicySchema = z.enum(CONTEXT_POLICIES);
export type ContextPolicy = z.infer<typeof contextPolicySchema>;

/** What a number of tokens rests on: `exact` the engine counted them; `learned` from what it counted in earlier answers; `estimated` from the length of the text. */
export const TOKEN_BASES = ['exact', 'learned', 'estimated'] as const;
export const tokenBasisSchema = z.enum(TOKEN_BASES);
export type TokenBasis = z.infer<typeof tokenBasisSchema>;

/** A run of messages that the model did not see, or saw as a summary: from `first_id` to `last_id` along the branch. */
const leftOutSchema = z.object({
  messages: z.int().positive(),
  tokens: z.int().nonnegative(),
  first_id: z.string(),
  last_id: z.string(),
});

/**
 * In the receipt of an answer: what of the conversation the model was given. `tokens` of `total_tokens` were sent, in a window of `window`, of which
 * `reserve` were kept free for the answer. What is not known is absent.
 */
export const contextReceiptSchema = z.object({
  policy: contextPolicySchema,
  tokens: z.int().nonnegative(),
  total_tokens: z.int().nonnegative(),
  basis: tokenBasisSchema,
  window: z.int().positive().optional(),
  reserve: z.int().nonnegative().optional(),
  /** Of questions and answers, the system prompt not counted. */
  messages: z.int().nonnegative(),
  left_out: leftOutSchema.optional(),
  /** A summary stood in place of these messages; `made`: it was written for this answer, not before. */
  summary: z.object({ ...leftOutSchema.shape, summary_tokens: z.int().nonnegative(), made: z.boolean() }).optional(),
  /** Why they were left out although a summary was wanted, as a sentence. */
  no_summary_reason: z.string().optional(),
  /** So many images of earlier messages were not sent, since the model cannot see. */
  images_left_out: z.int().positive().optional(),
  /** A sentence, if the figures of the engine say that it has left something out by itself. */
  doubt: z.string().optional(),
});
export type ContextReceipt = z.infer<typeof contextReceiptSchema>;

/** `POST /api/context`: what would be sent if this were asked now. Loads nothing, stores nothing. Without a conversation, of the draft alone. */
export const contextRequestSchema = z.strictObject({
  conversation_id: idSchema.optional(),
  /** The message that the draft would follow; absent: the last one of the branch that is shown. */
  parent_id: idSchema.nullish(),
  model: z.string().min(1).max(200).optional(),
  task_type: z.string().max(40).optional(),
  text: z.string().max(1_000_000).optional(),
  attachments: z.array(idSchema).max(16).optional(),
  max_tokens: z.int().min(1).max(1_000_000).optional(),
});
export type ContextRequest = z.infer<typeof contextRequestSchema>;

/**
 * The gauge. `tokens`: the whole conversation with the draft. `window`: what the model holds, absent if nobody can say; `window_basis` says from where.
 * `left_out`: what would not be sent, under this policy.
 */
export const contextUsageSchema = z.object({
  model: z.string(),
  tokens: z.int().nonnegative(),
  basis: tokenBasisSchema,
  window: z.int().positive().optional(),
  /** In words: "as it is loaded", "as it was trained; how it will be loaded is not known". */
  window_basis: z.string().optional(),
  reserve: z.int().nonnegative().optional(),
  messages: z.int().nonnegative(),
  policy: contextPolicySchema,
  /** Of the conversation's own settings, or of the server's. */
  policy_origin: z.enum(['conversation', 'server']),
  fits: z.boolean(),
  left_out: leftOutSchema.optional(),
});
export type ContextUsage = z.infer<typeof contextUsageSchema>;
