import { z } from 'zod';

import { IMAGE_TYPES } from './attachment-wire.ts';

export const ROLES = ['system', 'user', 'assistant', 'tool'] as const;

/** An image as a model is given it: never decoded here. */
export const imageSchema = z.strictObject({
  media_type: z.enum(IMAGE_TYPES),
  /** Base64. */
  data: z.string(),
});
export type Image = z.infer<typeof imageSchema>;

/** One message as a model reads it. */
export const messageSchema = z.strictObject({
  role: z.enum(ROLES),
  content: z.string(),
  /** Only for models that can see. */
  images: z.array(imageSchema).optional(),
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
