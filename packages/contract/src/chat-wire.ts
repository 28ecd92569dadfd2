import { z } from 'zod';

import { modelNameSchema } from './models-wire.ts';
import { optionsSchema } from './options.ts';
import { receiptSchema } from './receipt.ts';

/** Ids are minted by clients or by the server: 1 to 64 letters, digits, `-`, `_`. */
export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'an id of 1 to 64 letters, digits, - or _');
export const taskSchema = z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/, 'a task name such as chat or code');
const textSchema = z
  .string()
  .max(1_000_000)
  .refine((text) => text.trim() !== '', 'a message that is not empty');

/** `POST /api/chat/message` and `POST /api/chat/stream`. `message_id` makes the post idempotent: the same id and body give the same answer. */
export const chatRequestSchema = z.strictObject({
  message: textSchema,
  conversation_id: idSchema.optional(),
  message_id: idSchema.optional(),
  model: modelNameSchema.optional(),
  task_type: taskSchema.optional(),
  system: z.string().max(100_000).optional(),
  options: optionsSchema.optional(),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;

/** The answer of `POST /api/chat/message`. */
export const chatReplySchema = z.object({
  response: z.string(),
  conversation_id: z.string(),
  message_id: z.string(),
  generation_id: z.string(),
  model_used: z.string(),
  finish_reason: z.string(),
  receipt: receiptSchema,
});
export type ChatReply = z.infer<typeof chatReplySchema>;

/** `POST /api/conversations/{id}/messages`: answered at once with 202, when question and generation are stored. `parent_id` null begins at the root. */
export const postMessageSchema = z.strictObject({
  message_id: idSchema,
  text: textSchema,
  parent_id: idSchema.nullish(),
  model: modelNameSchema.optional(),
  task_type: taskSchema.optional(),
  options: optionsSchema.optional(),
});
export type PostMessage = z.infer<typeof postMessageSchema>;

/** `POST /api/conversations/{id}/messages/{message_id}/regenerate`: another answer beside the one of that id, to the same question. */
export const regenerateSchema = z.strictObject({
  generation_id: idSchema.optional(),
  model: modelNameSchema.optional(),
  options: optionsSchema.optional(),
});
export type Regenerate = z.infer<typeof regenerateSchema>;

export const acceptedSchema = z.object({
  conversation_id: z.string(),
  /** Of the question. */
  message_id: z.string(),
  /** Of the answer that is being written. */
  answer_id: z.string(),
  generation_id: z.string(),
});
export type Accepted = z.infer<typeof acceptedSchema>;

export const MESSAGE_STATES = ['running', 'complete', 'stopped', 'failed', 'interrupted'] as const;

/** One message of the tree. `parent_id` is the message before it; answers to one question are siblings. */
export const messageViewSchema = z.object({
  id: z.string(),
  parent_id: z.string().nullable(),
  role: z.enum(['user', 'assistant', 'system']),
  content: z.string(),
  reasoning: z.string().optional(),
  /** Of a question: the system prompt from here on, where it was set. */
  system: z.string().optional(),
  created_at: z.string(),
  /** Of answers: how it stands, which generation wrote it, and what happened. */
  state: z.enum(MESSAGE_STATES).optional(),
  generation_id: z.string().optional(),
  model: z.string().optional(),
  finish_reason: z.string().optional(),
  receipt: receiptSchema.optional(),
  error: z.object({ code: z.string(), title: z.string(), detail: z.string(), remedy: z.string() }).optional(),
});
export type MessageView = z.infer<typeof messageViewSchema>;

export const conversationSummarySchema = z.object({
  id: z.string(),
  title: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  /** The generation that is running in it, if any. */
  running_generation_id: z.string().optional(),
});
export type ConversationSummary = z.infer<typeof conversationSummarySchema>;

/** `GET /api/conversations/{id}`: the whole tree; `head_id` is the last message of the branch that is shown. */
export const conversationViewSchema = z.object({
  ...conversationSummarySchema.shape,
  head_id: z.string().nullable(),
  messages: z.array(messageViewSchema),
});
export type ConversationView = z.infer<typeof conversationViewSchema>;

/** `GET /api/conversations`: newest first; `next` is given to `?before=` for the page after this one. */
export const conversationListSchema = z.object({
  conversations: z.array(conversationSummarySchema),
  next: z.string().nullable(),
});
export type ConversationList = z.infer<typeof conversationListSchema>;

/** One place where all the words stand: a message, or, without `message_id`, the title of the conversation. */
export const searchHitSchema = z.object({
  conversation: conversationSummarySchema,
  message_id: z.string().optional(),
  role: z.enum(['user', 'assistant']).optional(),
  /** Of the message, or of the conversation. */
  created_at: z.string(),
  /** One line of plain text around the words, with `…` where it was cut. Never HTML. */
  snippet: z.string(),
  /** Where the words stand in the snippet: offsets in UTF-16 units, as JavaScript strings count; `end` is the first after the word. */
  marks: z.array(z.object({ start: z.int().nonnegative(), end: z.int().nonnegative() })),
});
export type SearchHit = z.infer<typeof searchHitSchema>;

/** `GET /api/conversations/search`: titles first, then messages, the best first; `next` is given to `?before=` for the page after this one. */
export const searchResultSchema = z.object({ hits: z.array(searchHitSchema), next: z.string().nullable() });
export type SearchResult = z.infer<typeof searchResultSchema>;

export const EXPORT_FORMAT = 'pilotlight-conversations';
export const EXPORT_VERSION = 1;

/** `GET /api/conversations/{id}/export`, and what `POST /api/conversations/import` takes beside the exports of others. */
export const conversationExportSchema = z.object({
  format: z.literal(EXPORT_FORMAT),
  version: z.literal(EXPORT_VERSION),
  exported_at: z.string(),
  conversations: z.array(conversationViewSchema),
});
export type ConversationExport = z.infer<typeof conversationExportSchema>;

export const IMPORT_SOURCES = ['pilotlight', 'open-webui', 'librechat', 'chatgpt'] as const;
export type ImportSource = (typeof IMPORT_SOURCES)[number];

/** The answer of `POST /api/conversations/import`: what is there now under new ids, and what was refused with the reason. */
export const importResultSchema = z.object({
  source: z.enum(IMPORT_SOURCES),
  imported: z.array(z.object({ conversation: conversationSummarySchema, messages: z.int().positive() })),
  refused: z.array(z.object({ title: z.string(), reason: z.string() })),
});
export type ImportResult = z.infer<typeof importResultSchema>;

/** `GET /api/chat/history/{conversation_id}`: the shown branch, oldest first. */
export const historySchema = z.object({
  conversation_id: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string(), timestamp: z.string(), model: z.string().optional() })),
});
export type History = z.infer<typeof historySchema>;
