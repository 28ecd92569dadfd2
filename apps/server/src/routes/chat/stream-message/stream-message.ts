import { chatRequestSchema, streamPartSchema } from '@pilotlight/contract';

import { defineRoute, events, eventStreamOf } from '../../../http/define-route.ts';
import { ask } from '../ask.ts';
import { holdText, toLogEvents } from '../log-events.ts';

export const streamMessage = defineRoute({
  method: 'POST',
  path: '/api/chat/stream',
  family: 'chat',
  summary: 'Ask, and follow the answer while it is written',
  description:
    'First "start" with the ids; then any of "phase", "reasoning", "text", "tool_call", "tool_result", "seam"; last exactly one of "finish" and "error". A stream that ends without one of these two was cut on the way: read on with GET /api/generations/{id}/events. A client that leaves does not end the answer: POST /api/generations/{id}/stop does. With OLLAMA_STREAM=false the text comes in one piece at the end.',
  body: chatRequestSchema,
  answers: eventStreamOf(streamPartSchema, 'The parts of the answer, each with its offset as id'),
  problems: [
    'model_not_found',
    'conversation_deleted',
    'preset_not_found',
    'conflict',
    'generation_running',
    'too_many_streams',
    'storage_unavailable',
    'shutting_down',
  ],
  async handle({ body, requestId, signal }, services) {
    const accepted = await ask(body, requestId, services);
    const log = services.chat.follow(accepted.generation_id, 0, signal);
    return events(toLogEvents(services.holdText ? holdText(log) : log));
  },
});
