import { z } from 'zod';

/** A JSON Schema that the answer must match, or `json` for any JSON object. */
export const formatSchema = z.union([z.literal('json'), z.record(z.string(), z.unknown())]);

/**
 * How an answer is sampled. All optional: what is absent is the model's own default. None of them makes an engine load a model again.
 * Ranges: temperature 0 to 5; top_p, min_p in 0..1; top_k 0 (off) to 1000; repeat_penalty 0.1 to 5; seed a 31-bit whole number;
 * at most 16 stop strings of 1 to 200 characters; max_tokens 1 to 1,000,000.
 */
export const optionsSchema = z.strictObject({
  temperature: z.number().min(0).max(5).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.int().min(0).max(1000).optional(),
  min_p: z.number().min(0).max(1).optional(),
  seed: z.int().min(0).max(2_147_483_647).optional(),
  stop: z.array(z.string().min(1).max(200)).max(16).optional(),
  max_tokens: z.int().min(1).max(1_000_000).optional(),
  repeat_penalty: z.number().min(0.1).max(5).optional(),
  format: formatSchema.optional(),
});
export type Options = z.infer<typeof optionsSchema>;
