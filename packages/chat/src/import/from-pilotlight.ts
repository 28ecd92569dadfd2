import { conversationSettingsSchema, MAX_ATTACHMENTS, MESSAGE_STATES, receiptSchema } from '@pilotlight/contract';
import type { ConversationSettings } from '@pilotlight/contract';

import type { AnswerError } from '../chat-store.ts';
import type { ForeignAttachment, ForeignConversation, ForeignMessage } from './foreign-conversation.ts';
import { toFields, toList, toMs, toText } from './read-value.ts';
import type { Fields } from './read-value.ts';

/** One conversation of our own export: as `GET /api/conversations/{id}` has it. */
export function fromPilotlight(conversation: Fields): ForeignConversation {
  return {
    title: toText(conversation['title']) ?? '',
    createdMs: toMs(conversation['created_at']),
    updatedMs: toMs(conversation['updated_at']),
    headKey: toText(conversation['head_id']),
    pinned: conversation['pinned'] === true,
    archived: conversation['archived'] === true,
    folder: toText(conversation['folder']),
    settings: toSettings(conversation['settings']),
    messages: toList(conversation['messages']).map((message) => toMessage(toFields(message) ?? {})),
  };
}

function toMessage(message: Fields): ForeignMessage {
  const state = MESSAGE_STATES.find((known) => known === message['state']);
  const receipt = receiptSchema.safeParse(message['receipt']);
  return {
    key: toText(message['id']) ?? '',
    parentKey: toText(message['parent_id']) ?? null,
    role: toText(message['role']) ?? '',
    text: toText(message['content']) ?? '',
    createdMs: toMs(message['created_at']),
    model: toText(message['model']),
    reasoning: toText(message['reasoning']),
    system: toText(message['system']),
    // Nobody goes on writing it here.
    state: state === 'running' ? 'interrupted' : state,
    finishReason: toText(message['finish_reason']),
    receipt: receipt.success ? receipt.data : undefined,
    error: toError(toFields(message['error'])),
    continuesKey: toText(message['continues']),
    attachments: toList(message['attachments']).slice(0, MAX_ATTACHMENTS).map(toAttachment),
  };
}

/** Of an attachment its name and its bytes count: all else is found out from these again. */
function toAttachment(value: unknown): ForeignAttachment {
  const fields = toFields(value) ?? {};
  return { name: toText(fields['name']) ?? '', content: toText(fields['content']) ?? '' };
}

/** Settings that are not as they should be are left out. */
function toSettings(value: unknown): ConversationSettings | undefined {
  const settings = conversationSettingsSchema.safeParse(value);
  return settings.success ? settings.data : undefined;
}

function toError(error: Fields | undefined): AnswerError | undefined {
  if (error === undefined) return undefined;
  const word = (name: string): string => (toText(error[name]) ?? '').slice(0, 1000);
  return { code: word('code'), title: word('title'), detail: word('detail'), remedy: word('remedy') };
}
