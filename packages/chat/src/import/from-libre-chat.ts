import type { ForeignConversation, ForeignMessage } from './foreign-conversation.ts';
import { toFields, toList, toMs, toText } from './read-value.ts';
import type { Fields } from './read-value.ts';

/** The parent of a message that has none. */
const NO_PARENT = '00000000-0000-0000-0000-000000000000';

/**
 * A conversation of LibreChat's JSON export: `messages` is a flat list with `parentMessageId`, or, exported as recursive, a tree with `children`; times are
 * ISO 8601. Described at https://www.librechat.ai/docs/features/import_convos and seen in the project's own examples (api/server/utils/import/__data__).
 */
export function fromLibreChat(conversation: Fields): ForeignConversation {
  const options = toFields(conversation['options']) ?? {};
  return {
    title: toText(conversation['title']) ?? '',
    system: toText(options['promptPrefix']),
    messages: flatten(toList(conversation['messages'])),
  };
}

function flatten(roots: readonly unknown[]): ForeignMessage[] {
  const messages: ForeignMessage[] = [];
  const open: { readonly value: unknown; readonly parentKey: string | undefined }[] = roots
    .map((value) => ({ value, parentKey: undefined }))
    .toReversed();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const fields = toFields(next.value) ?? {};
    const message = toMessage(fields, next.parentKey);
    messages.push(message);
    const children = toList(fields['children']);
    for (let index = children.length - 1; index >= 0; index -= 1) open.push({ value: children[index], parentKey: message.key });
  }
  return messages;
}

/** In a tree the place counts, whatever the message says of its parent. */
function toMessage(message: Fields, parentKey: string | undefined): ForeignMessage {
  const named = toText(message['parentMessageId']) ?? NO_PARENT;
  const { text, reasoning } = toContent(message);
  return {
    key: toText(message['messageId']) ?? '',
    parentKey: parentKey ?? (named === NO_PARENT || named === '' ? null : named),
    role: message['isCreatedByUser'] === true ? 'user' : 'assistant',
    // The text of an error is not what the model wrote.
    text: message['error'] === true ? '' : text,
    reasoning,
    createdMs: toMs(message['createdAt']),
    model: toText(message['model']),
    state: message['unfinished'] === true ? 'interrupted' : undefined,
  };
}

/** Newer messages have parts in place of a text. */
function toContent(message: Fields): { readonly text: string; readonly reasoning: string | undefined } {
  const parts = toList(message['content']).map((part) => toFields(part) ?? {});
  const join = (type: string): string =>
    parts
      .filter((part) => part['type'] === type)
      .map((part) => toText(part[type]) ?? toText(toFields(part[type])?.['value']) ?? '')
      .join('');
  const reasoning = join('think');
  return { text: toText(message['text']) || join('text'), reasoning: reasoning === '' ? undefined : reasoning };
}
