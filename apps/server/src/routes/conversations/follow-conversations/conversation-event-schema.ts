import { conversationSummarySchema } from '@pilotlight/contract';
import { z } from 'zod';

export const conversationEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('conversation'), conversation: conversationSummarySchema }),
  z.object({ type: z.literal('conversation_removed'), id: z.string() }),
]);
