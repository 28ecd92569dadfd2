import { continueSchema, idSchema, postMessageSchema, Problem, regenerateSchema, RESERVED_CONVERSATION_IDS } from '@pilotlight/contract';
import type {
  Accepted,
  Continuation,
  ConversationSettings,
  Gateway,
  NewConversationWish,
  Question,
  Randomness,
  Regeneration,
  SeamPart,
  StartPart,
  StreamPart,
} from '@pilotlight/contract';

import type { WrittenAnswer } from './answer-ending.ts';
import { applySettings } from './apply-settings.ts';
import type { Manner } from './apply-settings.ts';
import type { AnswerOrigin, Beginning, BeginResult, ChatStore, ConversationStart, MessageRecord } from './chat-store.ts';
import { check } from './check.ts';
import { refuseDeleted } from './deletions.ts';
import type { Deletions } from './deletions.ts';
import { toLine } from './edit-conversation.ts';
import { canSee, refuseImages } from './context/see-images.ts';
import { toFingerprint } from './fingerprint.ts';
import { packParts } from './pack-parts.ts';
import type { KnownSettings } from './known-settings.ts';
import { findPreset } from './presets.ts';
import { refuseContinuing } from './refuse-continuing.ts';
import { refuseFormat } from './refuse-format.ts';
import { toTitle } from './title.ts';

export interface BeginOptions {
  readonly store: ChatStore;
  readonly settingsOf: KnownSettings['of'];
  readonly gateway: Pick<Gateway, 'modelFor' | 'placeFor' | 'models' | 'whyNotFormat'>;
  readonly randomness: Randomness;
  readonly nowMs: number;
  readonly deletions: Pick<Deletions, 'has'>;
}

/** What is to be stored, and how the answer is to be made. */
export interface Prepared {
  readonly beginning: Beginning;
  readonly manner: Manner;
  /** There is no such conversation yet. */
  readonly isNew?: boolean;
  /** What the answer goes on from, if it does. */
  readonly continued?: Continued | undefined;
}

export interface Continued {
  readonly written: WrittenAnswer;
  readonly seam: SeamPart;
}

/** What is to be stored for a question that is posted. Throws `Problem('invalid_request')`. */
export async function toBeginning(question: Question, options: BeginOptions): Promise<Prepared> {
  const { conversationId = options.randomness.id(), messageId, text, parentId, model, task, system } = question;
  const { newConversation, contextPolicy, attachments = [] } = question;
  check(idSchema, conversationId, 'conversation_id');
  const posted = { message_id: messageId, text, parent_id: parentId, model, task_type: task, options: question.options };
  check(postMessageSchema, { ...posted, new_conversation: newConversation, attachments, context_policy: contextPolicy });
  if (options.deletions.has(conversationId)) throw refuseDeleted(conversationId);
  const former = question.conversationId === undefined ? undefined : await options.settingsOf(conversationId);
  const isNew = former === undefined;
  if (isNew) refuseReserved(conversationId);
  const start = isNew ? await toStart(newConversation, options) : undefined;
  const settings = former ?? start?.settings ?? {};
  const manner = applySettings({ model, system, options: question.options, contextPolicy }, settings);
  refuseFormat({ ...manner, task }, options.gateway);
  await checkAttachments(attachments, { ...options, task, model: manner.model });
  const beginning = complete(options, {
    conversationId,
    title: toTitle(text),
    start,
    question: { kind: 'question', id: messageId, text, parentId, system, ...(attachments.length > 0 && { attachments }) },
    generationId: options.randomness.id(),
    fingerprint: toFingerprint({
      conversationId,
      text,
      parentId,
      model,
      task,
      system,
      options: question.options,
      newConversation,
      ...(attachments.length > 0 && { attachments }),
      ...(contextPolicy !== undefined && { contextPolicy }),
    }),
    model,
    task,
    asked: manner.model,
  });
  return { beginning, manner, isNew };
}

interface Asked extends BeginOptions {
  readonly task: string;
  readonly model: string | undefined;
}

/** Refuses images for a model that cannot see, before anything is stored. */
async function checkAttachments(ids: readonly string[], { store, gateway, task, model }: Asked): Promise<void> {
  const hasImages = ids.length > 0 && (await store.attachments(ids)).some(({ kind }) => kind === 'image');
  // Of a route, one that can see is found; a model that is named is not replaced.
  const view = hasImages && model !== undefined ? gateway.modelFor(task, model) : undefined;
  if (view !== undefined && !canSee(view.capabilities)) throw refuseImages(view.name, gateway);
}

/** Addresses of ours stand where the conversation would. */
function refuseReserved(id: string): void {
  if (!RESERVED_CONVERSATION_IDS.includes(id)) return;
  throw new Problem('invalid_request', `"${id}" is part of an address of its own and cannot be the id of a conversation: choose another.`, {
    field: 'conversation_id',
  });
}

async function toStart(wish: NewConversationWish | undefined, options: BeginOptions): Promise<ConversationStart | undefined> {
  if (wish === undefined) return undefined;
  const { temporary, folder, settings = {}, preset_id: presetId } = wish;
  const preset = presetId === undefined ? {} : await findPreset(options, presetId, 'new_conversation.preset_id');
  return {
    temporary,
    folder: folder === undefined || temporary === true ? undefined : toLine(folder),
    settings: { ...preset, ...settings },
  };
}

/** What is to be stored to answer a question again: on the model that was asked for then, unless the request or the conversation names another. */
export async function toNewAnswer(request: Regeneration, options: BeginOptions): Promise<Prepared> {
  const { conversationId, generationId, model } = request;
  const { origin, settings } = await findOrigin(request, options);
  check(regenerateSchema, { generation_id: generationId, model, options: request.options });
  const manner = applySettings({ model, options: request.options, contextPolicy: request.contextPolicy }, settings, origin.model);
  refuseFormat({ ...manner, task: origin.task }, options.gateway);
  const beginning = complete(options, {
    conversationId,
    title: '',
    question: { kind: 'same_question', id: origin.questionId },
    generationId: generationId ?? options.randomness.id(),
    fingerprint: toFingerprint({ conversationId, questionId: origin.questionId, model, options: request.options }),
    model: model ?? origin.model,
    task: origin.task,
    asked: manner.model,
  });
  return { beginning, manner };
}

/** What is to be stored to go on from an answer that is not whole: another answer, whose log begins with the text of that one and the seam. */
export async function toContinuation(request: Continuation, options: BeginOptions): Promise<Prepared> {
  const { conversationId, answerId, generationId, model } = request;
  const { origin, settings } = await findOrigin(request, options);
  check(continueSchema, { generation_id: generationId, model, options: request.options });
  const answer = await options.store.message(conversationId, answerId);
  if (answer === undefined) throw noSuchAnswer(request);
  refuseWhole(answer);
  // Whoever wrote the text goes on best. An answer that was given up before a model was chosen has none.
  const writer = answer.model === '' ? undefined : answer.model;
  const manner = applySettings({ model: model ?? writer, options: request.options }, settings, origin.model);
  refuseContinuing(manner.model, options.gateway);
  refuseFormat({ ...manner, task: origin.task }, options.gateway);
  const applied = model === undefined && writer !== undefined ? { ...manner.applied, model: 'message' as const } : manner.applied;
  const asked = options.gateway.placeFor(origin.task, manner.model)?.model ?? manner.model ?? '';
  const seam: SeamPart = {
    type: 'seam',
    from: writer ?? asked,
    to: asked,
    reason: `continued on request: the answer ${toEnd(answer)}`,
  };
  const written = { content: answer.content, reasoning: answer.reasoning ?? '' };
  const beginning = complete(options, {
    conversationId,
    title: '',
    question: { kind: 'same_question', id: origin.questionId, continues: answerId },
    generationId: generationId ?? options.randomness.id(),
    fingerprint: toFingerprint({ conversationId, continues: answerId, model, options: request.options }),
    model: model ?? origin.model,
    task: origin.task,
    asked: manner.model,
    more: [
      ...(written.reasoning === '' ? [] : [{ type: 'reasoning' as const, text: written.reasoning }]),
      { type: 'text', text: written.content },
      seam,
    ],
  });
  return { beginning, manner: { ...manner, applied }, continued: { written, seam } };
}

function refuseWhole(answer: MessageRecord): void {
  const facts = { generation_id: answer.generationId };
  if (answer.state === 'running')
    throw new Problem('generation_running', 'This answer is still being written.', { field: 'message_id', facts });
  if (answer.state === 'complete' && answer.finishReason !== 'length') {
    throw new Problem('nothing_to_continue', 'This answer is whole: the model ended it.', { field: 'message_id' });
  }
  if (answer.content.trim() === '') throw new Problem('nothing_to_continue', 'This answer has no text yet.', { field: 'message_id' });
}

function toEnd({ state }: MessageRecord): string {
  if (state === 'complete') return 'had reached its token limit';
  return state === 'stopped' ? 'was stopped' : 'was cut off';
}

async function findOrigin(
  { conversationId, answerId }: Regeneration,
  options: BeginOptions,
): Promise<{ readonly origin: AnswerOrigin; readonly settings: ConversationSettings }> {
  check(idSchema, conversationId, 'conversation_id');
  check(idSchema, answerId, 'message_id');
  if (options.deletions.has(conversationId)) throw refuseDeleted(conversationId);
  const [origin, settings = {}] = await Promise.all([options.store.answer(conversationId, answerId), options.settingsOf(conversationId)]);
  if (origin === undefined) throw noSuchAnswer({ conversationId, answerId });
  return { origin, settings };
}

function noSuchAnswer({ conversationId, answerId }: Pick<Regeneration, 'conversationId' | 'answerId'>): Problem {
  return new Problem('message_not_found', `There is no answer ${answerId} in the conversation ${conversationId}.`, { field: 'message_id' });
}

interface Rough extends Omit<Beginning, 'answerId' | 'firstParts' | 'atMs'> {
  /** The model that the gateway is asked for. */
  readonly asked: string | undefined;
  /** What the log begins with beside its start. */
  readonly more?: readonly StreamPart[];
}

function complete(options: BeginOptions, { asked, more = [], ...beginning }: Rough): Beginning {
  const answerId = options.randomness.id();
  const start: StartPart = {
    type: 'start',
    conversation_id: beginning.conversationId,
    generation_id: beginning.generationId,
    message_id: answerId,
    model: options.gateway.placeFor(beginning.task, asked)?.model ?? asked ?? '',
  };
  const parts = [start, ...more];
  return { ...beginning, answerId, firstParts: { count: parts.length, parts: packParts(parts) }, atMs: options.nowMs };
}

/** The answer to a request that was accepted, now or before. Throws the `Problem` of one that was not. */
export function toAccepted(beginning: Beginning, result: BeginResult, isTemporary: boolean): Accepted {
  const temporary = isTemporary ? { temporary: true } : {};
  const ids = { conversation_id: beginning.conversationId, message_id: beginning.question.id, ...temporary };
  switch (result.outcome) {
    case 'stored':
      return { ...ids, answer_id: beginning.answerId, generation_id: beginning.generationId };
    case 'known':
      return { ...ids, message_id: result.questionId, answer_id: result.answerId, generation_id: result.generationId };
    case 'deleted':
      throw refuseDeleted(beginning.conversationId);
    case 'conflict':
      throw new Problem('conflict', 'This id was used before, with other content.', {
        field: beginning.question.kind === 'question' ? 'message_id' : 'generation_id',
      });
    case 'attachment_missing':
      throw new Problem('attachment_not_found', `There is no attachment ${result.id}.`, { field: 'attachments' });
    case 'message_missing':
      throw new Problem('message_not_found', 'The message to go on from is not in this conversation.', { field: 'parent_id' });
    case 'busy':
      throw new Problem('generation_running', 'An answer is being written at this place of the conversation.', {
        facts: { generation_id: result.generationId },
      });
  }
}
