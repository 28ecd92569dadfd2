import { z } from 'zod';

export const ROLES = ['system', 'user', 'assistant', 'tool'] as const;

/** One message as a model reads it. */
export const messageSchema = z.strictObject({
  role: z.enum(ROLES),
  content: z.string(),
  /** Of the last message alone, and only an assistant's: it is the beginning of the answer, which goes on from its text. */
  prefix: z.literal(true).optional(),
});
export type Message = z.infer<typeof messageSchema>;

export const toolCallSchema = z.object({
  id: z.string(),
  name: z.string(),
  arguments: z.record(z.string(), z.unknown()),
});
export type ToolCall = z.infer<typeof toolCallSchema>;
