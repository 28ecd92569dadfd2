import { z } from 'zod';

import { conversationSettingsSchema, newConversationSchema, presetSchema } from './conversation-settings.ts';
import { idSchema } from './ids.ts';
import { attachmentSchema, MAX_ATTACHMENTS } from './attachment-wire.ts';
import { contextPolicySchema } from './context-wire.ts';
import { modelNameSchema } from './models-wire.ts';
import { optionsSchema } from './options.ts';
import { receiptSchema } from './receipt.ts';

/** The kind of work that a request is: `chat`, `code`, `title`, `embedding`, or any that the owner adds. */
export const taskSchema = z.string().regex(/^[a-z][a-z0-9_-]{0,39}$/, 'a task name such as chat or code');
const textSchema = z
  .string()
  .max(1_000_000)
  .refine((text) => text.trim() !== '', 'a message that is not empty');
/** Ids that `POST /api/attachments` gave, in the order in which the model is given them. */
const attachmentIdsSchema = z.array(idSchema).max(MAX_ATTACHMENTS);

/** `POST /api/chat/message` and `POST /api/chat/stream`. `message_id` makes the post idempotent: the same id and body give the same answer. */
export const chatRequestSchema = z.strictObject({
  message: textSchema,
  conversation_id: idSchema.optional(),
  message_id: idSchema.optional(),
  model: modelNameSchema.optional(),
  /** The task, in place of a model: its route chooses. `task_type` is its name in the older surface. */
  task: taskSchema.optional(),
  task_type: taskSchema.optional(),
  system: z.string().max(100_000).optional(),
  attachments: attachmentIdsSchema.optional(),
  /** For this answer alone; absent: that of the conversation. */
  context_policy: contextPolicySchema.optional(),
  options: optionsSchema.optional(),
  /** Used if this message makes the conversation; else the conversation stays as it is. */
  new_conversation: newConversationSchema.optional(),
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
  task: taskSchema.optional(),
  task_type: taskSchema.optional(),
  attachments: attachmentIdsSchema.optional(),
  /** For this answer alone; absent: that of the conversation. */
  context_policy: contextPolicySchema.optional(),
  options: optionsSchema.optional(),
  /** Used if this message makes the conversation; else the conversation stays as it is. */
  new_conversation: newConversationSchema.optional(),
});
export type PostMessage = z.infer<typeof postMessageSchema>;

/** `POST /api/conversations/{id}/messages/{message_id}/regenerate`: another answer beside the one of that id, to the same question. */
export const regenerateSchema = z.strictObject({
  generation_id: idSchema.optional(),
  model: modelNameSchema.optional(),
  options: optionsSchema.optional(),
  context_policy: contextPolicySchema.optional(),
});
export type Regenerate = z.infer<typeof regenerateSchema>;

/**
 * `POST /api/conversations/{id}/messages/{message_id}/continue`: goes on from the text of an answer that was stopped, failed, interrupted or ended at a token
 * limit. The whole answer, old text and new, stands beside the one of that id, whose text stays as it is; a `seam` part says where it goes on. Idempotent by
 * `generation_id`.
 */
export const continueSchema = z.strictObject({
  generation_id: idSchema.optional(),
  model: modelNameSchema.optional(),
  options: optionsSchema.optional(),
});
export type Continue = z.infer<typeof continueSchema>;

export const acceptedSchema = z.object({
  conversation_id: z.string(),
  /** Of the question. */
  message_id: z.string(),
  /** Of the answer that is being written. */
  answer_id: z.string(),
  generation_id: z.string(),
  /** Of a temporary conversation. */
  temporary: z.boolean().optional(),
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
  /** Of a question: what was attached to it. */
  attachments: z.array(attachmentSchema).optional(),
  created_at: z.string(),
  /** Of answers: how it stands, which generation wrote it, and what happened. */
  state: z.enum(MESSAGE_STATES).optional(),
  generation_id: z.string().optional(),
  model: z.string().optional(),
  finish_reason: z.string().optional(),
  receipt: receiptSchema.optional(),
  error: z.object({ code: z.string(), title: z.string(), detail: z.string(), remedy: z.string() }).optional(),
  /** Of an answer that goes on from another: that one, whose text it begins with. */
  continues: z.string().optional(),
});
export type MessageView = z.infer<typeof messageViewSchema>;

export const conversationSummarySchema = z.object({
  id: z.string(),
  title: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
  /** The newest generation that is running in it, if any. Other branches may have theirs: the `state` of their messages says so. */
  running_generation_id: z.string().optional(),
  /** Stands above the others. Absent: no. */
  pinned: z.boolean().optional(),
  /** Out of the way: only a list that asks for it has it. Absent: no. */
  archived: z.boolean().optional(),
  folder: z.string().optional(),
  /** Kept in memory alone. Absent: no. */
  temporary: z.boolean().optional(),
});
export type ConversationSummary = z.infer<typeof conversationSummarySchema>;

/** The answer of `PATCH /api/conversations/{id}`. `settings` is absent while nothing is set. */
export const conversationDetailsSchema = z.object({
  ...conversationSummarySchema.shape,
  settings: conversationSettingsSchema.optional(),
});
export type ConversationDetails = z.infer<typeof conversationDetailsSchema>;

/** The answer of `DELETE /api/conversations/{id}`: until `final_at` it can be restored. */
export const deletedConversationSchema = z.object({ id: z.string(), deleted_at: z.string(), final_at: z.string() });
export type DeletedConversation = z.infer<typeof deletedConversationSchema>;

/** `GET /api/conversations/folders`: by name, with how many conversations are in each, archived ones included. */
export const folderListSchema = z.object({ folders: z.array(z.object({ name: z.string(), conversations: z.int() })) });
export type FolderList = z.infer<typeof folderListSchema>;

/** `GET /api/conversations/{id}`: the whole tree; `head_id` is the last message of the branch that is shown. */
export const conversationViewSchema = z.object({
  ...conversationDetailsSchema.shape,
  head_id: z.string().nullable(),
  messages: z.array(messageViewSchema),
});
export type ConversationView = z.infer<typeof conversationViewSchema>;

/** `GET /api/conversations`: pinned ones first, then the last used one first; `next` is given to `?before=` for the page after this one. */
export const conversationListSchema = z.object({
  conversations: z.array(conversationSummarySchema),
  next: z.string().nullable(),
});
export type ConversationList = z.infer<typeof conversationListSchema>;

/** One place where all the words stand: a message, a file that it has attached, or, without `message_id`, the title of the conversation. */
export const searchHitSchema = z.object({
  conversation: conversationSummarySchema,
  message_id: z.string().optional(),
  role: z.enum(['user', 'assistant']).optional(),
  /** Set if the words stand in this file, its name or its text: `message_id` is the newest message of the conversation that has it. */
  attachment: z.object({ id: z.string(), name: z.string() }).optional(),
  /** Of the message, or of the conversation. */
  created_at: z.string(),
  /** One line of plain text around the words, with `…` where it was cut. Never HTML. */
  snippet: z.string(),
  /** Where the words stand in the snippet: offsets in UTF-16 units, as JavaScript strings count; `end` is the first after the word. */
  marks: z.array(z.object({ start: z.int().nonnegative(), end: z.int().nonnegative() })),
});
export type SearchHit = z.infer<typeof searchHitSchema>;

/** `GET /api/conversations/search`: titles first, then messages and files in turn, the best first; `next` is given to `?before=` for the page after this one. */
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
  presets: z.array(presetSchema).optional(),
});
export type ConversationExport = z.infer<typeof conversationExportSchema>;

export const IMPORT_SOURCES = ['pilotlight', 'open-webui', 'librechat', 'chatgpt'] as const;
export type ImportSource = (typeof IMPORT_SOURCES)[number];

/** The answer of `POST /api/conversations/import`: what is there now under new ids, and what was refused with the reason. */
export const importResultSchema = z.object({
  source: z.enum(IMPORT_SOURCES),
  imported: z.array(z.object({ conversation: conversationSummarySchema, messages: z.int().positive() })),
  refused: z.array(z.object({ title: z.string(), reason: z.string() })),
  /** How many presets came with it, if any. */
  presets: z.int().optional(),
});
export type ImportResult = z.infer<typeof importResultSchema>;

/** `GET /api/chat/history/{conversation_id}`: the shown branch, oldest first. */
export const historySchema = z.object({
  conversation_id: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string(), timestamp: z.string(), model: z.string().optional() })),
});
export type History = z.infer<typeof historySchema>;
