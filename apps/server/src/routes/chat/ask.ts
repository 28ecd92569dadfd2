import type { Accepted, ChatRequest } from '@pilotlight/contract';

import type { Services } from '../../http/services.ts';
import { refuseUnknownModel } from './refuse-unknown-model.ts';
import { taskOf } from './task-of.ts';

type AskServices = Pick<Services, 'chat' | 'gateway' | 'randomness' | 'state'>;

/** Posts the message of a chat request; ids that the client left out are made on the way. */
export async function ask(body: ChatRequest, requestId: string, services: AskServices): Promise<Accepted> {
  const { chat, randomness } = services;
  refuseUnknownModel(body.model ?? body.new_conversation?.settings?.model, services);
  return chat.post({
    conversationId: body.conversation_id,
    messageId: body.message_id ?? randomness.id(),
    text: body.message,
    attachments: body.attachments,
    contextPolicy: body.context_policy,
    model: body.model,
    task: taskOf(body),
    system: body.system,
    options: body.options ?? {},
    priority: 'api',
    requestId,
    newConversation: body.new_conversation,
  });
}
