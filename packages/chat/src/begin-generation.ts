import { idSchema, postMessageSchema, Problem, regenerateSchema } from '@pilotlight/contract';
import type { Accepted, Gateway, Question, Randomness, Regeneration, StartPart } from '@pilotlight/contract';

import type { Beginning, BeginResult, ChatStore } from './chat-store.ts';
import { toFingerprint } from './fingerprint.ts';
import { packParts } from './pack-parts.ts';
import { toTitle } from './title.ts';

export interface BeginOptions {
  readonly store: ChatStore;
  readonly gateway: Pick<Gateway, 'modelFor'>;
  readonly randomness: Randomness;
  readonly nowMs: number;
}

/** What is to be stored for a question that is posted. Throws `Problem('invalid_request')`. */
export function toBeginning(question: Question, options: BeginOptions): Beginning {
  const { conversationId, messageId, text, parentId, model, task, system } = question;
  check(idSchema, conversationId, 'conversation_id');
  check(postMessageSchema, { message_id: messageId, text, parent_id: parentId, model, task_type: task, options: question.options });
  return complete(options, {
    conversationId,
    title: toTitle(text),
    question: { kind: 'question', id: messageId, text, parentId, system },
    generationId: options.randomness.id(),
    fingerprint: toFingerprint({ conversationId, text, parentId, model, task, system, options: question.options }),
    model,
    task,
  });
}

/** What is to be stored to answer a question again: on the model that was asked for then, unless another is named now. */
export async function toNewAnswer(request: Regeneration, options: BeginOptions): Promise<Beginning> {
  const { conversationId, answerId, generationId, model } = request;
  check(idSchema, conversationId, 'conversation_id');
  check(idSchema, answerId, 'message_id');
  check(regenerateSchema, { generation_id: generationId, model, options: request.options });
  const origin = await options.store.answer(conversationId, answerId);
  if (origin === undefined) throw new Problem('message_not_found', `There is no answer ${answerId} in the conversation ${conversationId}.`);
  return complete(options, {
    conversationId,
    title: '',
    question: { kind: 'same_question', id: origin.questionId },
    generationId: generationId ?? options.randomness.id(),
    fingerprint: toFingerprint({ conversationId, questionId: origin.questionId, model, options: request.options }),
    model: model ?? origin.model,
    task: origin.task,
  });
}

function complete(options: BeginOptions, beginning: Omit<Beginning, 'answerId' | 'firstParts' | 'atMs'>): Beginning {
  const answerId = options.randomness.id();
  const start: StartPart = {
    type: 'start',
    conversation_id: beginning.conversationId,
    generation_id: beginning.generationId,
    message_id: answerId,
    model: options.gateway.modelFor(beginning.task, beginning.model)?.name ?? beginning.model ?? '',
  };
  return { ...beginning, answerId, firstParts: { count: 1, parts: packParts([start]) }, atMs: options.nowMs };
}

interface Schema {
  safeParse(value: unknown): {
    readonly success: boolean;
    readonly error?: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] } | undefined;
  };
}

function check(schema: Schema, value: unknown, field?: string): void {
  const issue = schema.safeParse(value).error?.issues[0];
  if (issue === undefined) return;
  const path = field ?? issue.path.map(String).join('.');
  throw new Problem('invalid_request', `${path}: ${issue.message}`, { field: path });
}

/** The answer to a request that was accepted, now or before. Throws the `Problem` of one that was not. */
export function toAccepted(beginning: Beginning, result: BeginResult): Accepted {
  const ids = { conversation_id: beginning.conversationId, message_id: beginning.question.id };
  switch (result.outcome) {
    case 'stored':
      return { ...ids, answer_id: beginning.answerId, generation_id: beginning.generationId };
    case 'known':
      return { ...ids, message_id: result.questionId, answer_id: result.answerId, generation_id: result.generationId };
    case 'conflict':
      throw new Problem('conflict', 'This id was used before, with other content.');
    case 'message_missing':
      throw new Problem('message_not_found', 'The message to go on from is not in this conversation.', { field: 'parent_id' });
    case 'busy':
      throw new Problem('generation_running', 'An answer is being written at this place of the conversation.', {
        facts: { generation_id: result.generationId },
      });
  }
}
