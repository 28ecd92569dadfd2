import { z } from 'zod';

import { toolCallSchema } from './messages.ts';
import { estimateSchema, generationPhaseSchema } from './phases.ts';
import { refusalFactsSchema } from './problems.ts';
import { finishReasonSchema, receiptSchema } from './receipt.ts';

/** First of every generation. */
export const startPartSchema = z.object({
  type: z.literal('start'),
  conversation_id: z.string(),
  generation_id: z.string(),
  message_id: z.string(),
  model: z.string(),
});

/**
 * A change on the way to the answer. `reason` is a sentence for people; `since` is when the phase began; `progress` is measured (0 to 1) or absent;
 * `position` is the place in the queue, 1 for the next; `tokens_done` and `tokens_total` count the prompt while it is read.
 */
export const phasePartSchema = z.object({
  type: z.literal('phase'),
  phase: generationPhaseSchema,
  model: z.string(),
  reason: z.string(),
  since: z.string(),
  progress: z.number().min(0).max(1).optional(),
  eta: estimateSchema.optional(),
  position: z.int().positive().optional(),
  tokens_done: z.int().nonnegative().optional(),
  tokens_total: z.int().nonnegative().optional(),
});

export const reasoningPartSchema = z.object({ type: z.literal('reasoning'), text: z.string() });
export const textPartSchema = z.object({ type: z.literal('text'), text: z.string() });
export const toolCallPartSchema = z.object({ type: z.literal('tool_call'), ...toolCallSchema.shape });
export const toolResultPartSchema = z.object({ type: z.literal('tool_result'), id: z.string(), content: z.string() });
/** Where a second attempt took over. */
export const seamPartSchema = z.object({ type: z.literal('seam'), from: z.string(), to: z.string(), reason: z.string() });

/** One of the two terminal parts: the answer is whole, or was stopped by a person. */
export const finishPartSchema = z.object({ type: z.literal('finish'), reason: finishReasonSchema, receipt: receiptSchema });

/** The other terminal part: the answer is not whole. `kept` says whether text of it was kept. `source`: whose fault it is. */
export const errorPartSchema = z.object({
  type: z.literal('error'),
  code: z.string(),
  title: z.string(),
  detail: z.string(),
  remedy: z.string(),
  source: z.enum(['app', 'upstream']),
  kept: z.boolean(),
  /** What of the request is wrong, where that is the reason. */
  field: z.string().optional(),
  /** Of a request that was not let in: after how long another try makes sense. */
  retry_after_seconds: z.number().nonnegative().optional(),
  ...refusalFactsSchema.shape,
  receipt: receiptSchema.optional(),
});

/** Everything that can stand in a generation log. Readers ignore types they do not know. */
export const streamPartSchema = z.discriminatedUnion('type', [
  startPartSchema,
  phasePartSchema,
  reasoningPartSchema,
  textPartSchema,
  toolCallPartSchema,
  toolResultPartSchema,
  seamPartSchema,
  finishPartSchema,
  errorPartSchema,
]);
export type StreamPart = z.infer<typeof streamPartSchema>;
export type StartPart = z.infer<typeof startPartSchema>;
export type PhasePart = z.infer<typeof phasePartSchema>;
export type SeamPart = z.infer<typeof seamPartSchema>;
export type FinishPart = z.infer<typeof finishPartSchema>;
export type ErrorPart = z.infer<typeof errorPartSchema>;

/** Whether this part closes a log: exactly one does, and it is the last. */
export function isTerminal(part: StreamPart): part is FinishPart | ErrorPart {
  return part.type === 'finish' || part.type === 'error';
}
