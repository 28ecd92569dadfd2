import type { ForeignConversation, ForeignMessage } from './foreign-conversation.ts';
import { toFields, toMs, toText } from './read-value.ts';
import type { Fields } from './read-value.ts';

/**
 * One chat of Open WebUI's export: the messages by id in `chat.history.messages`, each with its parent, `currentId` the last one shown, times are seconds.
 * Described at https://docs.openwebui.com/features/chat-conversations/data-controls/import-export/
 */
export function fromOpenWebUi(item: Fields): ForeignConversation {
  const chat = toFields(item['chat']) ?? item;
  const history = toFields(chat['history']) ?? {};
  const messages = Object.entries(toFields(history['messages']) ?? {});
  return {
    title: toText(item['title']) ?? toText(chat['title']) ?? '',
    createdMs: toMs(item['created_at']) ?? toMs(chat['timestamp']),
    updatedMs: toMs(item['updated_at']),
    headKey: toText(history['currentId']),
    system: toText(toFields(chat['params'])?.['system']),
    messages: messages.map(([key, message]) => toMessage(key, toFields(message) ?? {})),
  };
}

function toMessage(key: string, message: Fields): ForeignMessage {
  const { text, reasoning } = splitDetails(toText(message['content']) ?? '');
  return {
    key,
    parentKey: toText(message['parentId']) ?? null,
    role: toText(message['role']) ?? '',
    text,
    reasoning,
    createdMs: toMs(message['timestamp']),
    model: toText(message['model']),
  };
}

const OPENING = '<details type="';
const CLOSING = '</details>';

/** What a model thought, and what tools did, stands in the content as blocks of HTML. The thoughts are kept apart, the rest of the blocks is left out. */
function splitDetails(content: string): { readonly text: string; readonly reasoning: string | undefined } {
  const texts: string[] = [];
  const thoughts: string[] = [];
  let from = 0;
  for (;;) {
    const start = content.indexOf(OPENING, from);
    const end = start === -1 ? -1 : content.indexOf(CLOSING, start);
    if (end === -1) break;
    texts.push(content.slice(from, start));
    const block = content.slice(start + OPENING.length, end);
    if (block.startsWith('reasoning"')) thoughts.push(toThought(block));
    from = end + CLOSING.length;
  }
  texts.push(content.slice(from));
  const reasoning = thoughts.join('\n\n');
  return { text: texts.join('').trim(), reasoning: reasoning === '' ? undefined : reasoning };
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'", '#x27': "'" };

/** The text after the summary, its lines without the mark of a quotation. */
function toThought(block: string): string {
  const end = block.indexOf('</summary>');
  const inner = end === -1 ? block.slice(block.indexOf('>') + 1) : block.slice(end + '</summary>'.length);
  return inner
    .replaceAll(/&(lt|gt|amp|quot|#39|#x27);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replaceAll(/^> ?/gm, '')
    .trim();
}
