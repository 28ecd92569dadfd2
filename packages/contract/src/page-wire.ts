import { z } from 'zod';

import { conversationSummarySchema } from './chat-wire.ts';
import { conversationSettingsSchema, presetSchema } from './conversation-settings.ts';
import { modelsEventSchema } from './models-wire.ts';
import { storageEventSchema } from './storage-wire.ts';

/** What `GET /api/conversations/events` sends: changes alone. One that was deleted and is restored comes as a `conversation` again. */
export const conversationEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('conversation'), conversation: conversationSummarySchema }),
  /** Deleted. Until `final_at`, where it is given, it can be restored. */
  z.object({ type: z.literal('conversation_removed'), id: z.string(), final_at: z.string().optional() }),
  z.object({ type: z.literal('conversation_settings'), id: z.string(), settings: conversationSettingsSchema }),
  z.object({ type: z.literal('preset'), preset: presetSchema }),
  z.object({ type: z.literal('preset_removed'), id: z.string() }),
]);

/**
 * What `GET /api/events` sends: everything that a page needs to stay true, over one connection. The whole picture of the models comes first, then whether
 * anything can be stored, then every change of models, engines, memory, storage and conversations. Events carry no id: after a reconnect the picture comes again, and the list of
 * conversations must be read again.
 */
export const pageEventSchema = z.discriminatedUnion('type', [
  ...modelsEventSchema.options,
  ...conversationEventSchema.options,
  storageEventSchema,
]);
export type PageEvent = z.infer<typeof pageEventSchema>;

/** `POST /api/session`: signs a browser in with the access token; the answer sets an HttpOnly cookie. */
export const sessionRequestSchema = z.strictObject({ token: z.string().min(1).max(1000) });
