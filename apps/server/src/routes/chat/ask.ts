import type { Accepted, ChatRequest } from '@pilotlight/contract';

import type { Services } from '../../http/services.ts';

type AskServices = Pick<Services, 'chat' | 'randomness'>;

/** Posts the message of a chat request; ids that the client left out are made here. */
export function ask(body: ChatRequest, requestId: string, { chat, randomness }: AskServices): Promise<Accepted> {
  return chat.post({
    conversationId: body.conversation_id ?? randomness.id(),
    messageId: body.message_id ?? randomness.id(),
    text: body.message,
    model: body.model,
    task: body.task_type ?? 'chat',
    system: body.system,
    options: body.options ?? {},
    priority: 'api',
    requestId,
  });
}
