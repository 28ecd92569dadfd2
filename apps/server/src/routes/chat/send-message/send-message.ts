import { chatReplySchema, chatRequestSchema, Problem } from '@pilotlight/contract';
import type { Accepted, ChatReply } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';
import type { Services } from '../../../http/services.ts';
import { ask } from '../ask.ts';
import { toGenerationProblem } from '../generation-problem.ts';

export const sendMessage = defineRoute({
  method: 'POST',
  path: '/api/chat/message',
  family: 'chat',
  summary: 'Ask, and get the whole answer',
  description:
    'Waits for the model to be loaded if need be, however long that takes while it makes progress. Within the first 15 s a failure has a status of its own. After that the head is sent with status 200 and a blank every 10 s, which JSON allows before a value; a failure is then the body {"error": {…}} with the whole problem document. A client that leaves does not end the answer: it stays in the conversation.',
  body: chatRequestSchema,
  answers: { 200: { description: 'The answer, with what really happened', schema: chatReplySchema } },
  problems: [
    'model_not_found',
    'no_model',
    'conversation_deleted',
    'preset_not_found',
    'conflict',
    'generation_running',
    'not_supported',
    'context_too_long',
    'queue_full',
    'queue_timeout',
    'engine_error',
    'engine_protocol',
    'engine_unreachable',
    'engine_died',
    'model_load_failed',
    'model_out_of_memory',
    'model_file_invalid',
    'model_wedged',
    'load_stalled',
    'first_token_timeout',
    'answer_stalled',
    'total_timeout',
    'answer_cut',
    'interrupted',
    'storage_unavailable',
    'shutting_down',
  ],
  isSlow: true,
  async handle({ body, requestId, signal }, services) {
    const accepted = await ask(body, requestId, services);
    return json(await readAnswer(accepted, services, signal));
  },
});

async function readAnswer(accepted: Accepted, { chat }: Pick<Services, 'chat'>, signal: AbortSignal): Promise<ChatReply> {
  const { conversation_id, answer_id, generation_id } = accepted;
  const texts: string[] = [];
  for await (const { part } of chat.follow(generation_id, 0, signal)) {
    if (part.type === 'text') texts.push(part.text);
    if (part.type === 'error') {
      throw toGenerationProblem(part, { conversation_id, generation_id, message_id: answer_id, partial_response: texts.join('') });
    }
    if (part.type !== 'finish') continue;
    return {
      response: texts.join(''),
      conversation_id,
      message_id: answer_id,
      generation_id,
      model_used: part.receipt.model,
      finish_reason: part.reason,
      receipt: part.receipt,
    };
  }
  signal.throwIfAborted();
  throw new Problem('internal_error', 'The log of the answer ended without its last part.');
}
