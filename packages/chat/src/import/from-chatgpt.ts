import type { ForeignConversation, ForeignMessage } from './foreign-conversation.ts';
import { toFields, toList, toMs, toText } from './read-value.ts';
import type { Fields } from './read-value.ts';

/**
 * One conversation of ChatGPT's `conversations.json`: `mapping` is a tree of nodes by id, `current_node` the last one shown, times are seconds. Nodes can be
 * without a message, hidden, or addressed to a tool. Described at https://difegam.github.io/chatgpt-to-markdown/reference/data-models/
 */
export function fromChatGpt(conversation: Fields): ForeignConversation {
  const nodes = Object.entries(toFields(conversation['mapping']) ?? {});
  return {
    title: toText(conversation['title']) ?? '',
    createdMs: toMs(conversation['create_time']),
    updatedMs: toMs(conversation['update_time']),
    headKey: toText(conversation['current_node']),
    messages: nodes.map(([key, node]) => toMessage(key, toFields(node) ?? {})),
  };
}

function toMessage(key: string, node: Fields): ForeignMessage {
  const message = toFields(node['message']) ?? {};
  const metadata = toFields(message['metadata']) ?? {};
  const recipient = message['recipient'] ?? 'all';
  const isShown = recipient === 'all' && metadata['is_visually_hidden_from_conversation'] !== true && message['weight'] !== 0;
  return {
    key,
    parentKey: toText(node['parent']) ?? null,
    role: toText(toFields(message['author'])?.['role']) ?? '',
    text: isShown ? toContent(toFields(message['content']) ?? {}) : '',
    createdMs: toMs(message['create_time']),
    model: toText(metadata['model_slug']),
  };
}

/** Images and files are parts that are no text. */
function toContent(content: Fields): string {
  if (content['content_type'] !== 'text' && content['content_type'] !== 'multimodal_text') return '';
  return toList(content['parts'])
    .filter((part) => typeof part === 'string' && part !== '')
    .join('\n\n');
}
