import { EXPORT_FORMAT, EXPORT_VERSION } from '@pilotlight/contract';
import type { Attachment, Chat, ConversationExport, ConversationView, MessageView } from '@pilotlight/contract';

import { toBranch } from './conversation-tree.ts';

/** Conversations as a file that can be imported again. */
export function toExport(conversations: readonly ConversationView[], exportedAt: string): ConversationExport {
  return { format: EXPORT_FORMAT, version: EXPORT_VERSION, exported_at: exportedAt, conversations: [...conversations] };
}

/** A conversation whose attachments have their content, as an export needs it. What is gone is left out. */
export async function withContents(conversation: ConversationView, chat: Pick<Chat, 'attachment'>): Promise<ConversationView> {
  const ids = new Set(conversation.messages.flatMap(({ attachments = [] }) => attachments.map(({ id }) => id)));
  const contents = new Map<string, string>();
  for (const id of ids) {
    const found = await chat.attachment(id).catch(() => undefined);
    if (found !== undefined) contents.set(id, Buffer.from(found.content).toString('base64'));
  }
  if (contents.size === 0) return conversation;
  const withContent = (attachment: Attachment): Attachment => ({ ...attachment, content: contents.get(attachment.id) });
  const messages = conversation.messages.map((message) =>
    message.attachments === undefined ? message : { ...message, attachments: message.attachments.map(withContent) },
  );
  return { ...conversation, messages };
}

/** The shown branch for people to read. What was asked and answered stands as it is: it is Markdown already, as a rule. */
export function toMarkdown(conversation: ConversationView): string {
  const messages = toBranch(conversation.messages, conversation.head_id);
  return [`# ${conversation.title}\n`, ...messages.map(toSection)].join('\n');
}

const ENDINGS: Readonly<Partial<Record<NonNullable<MessageView['state']>, string>>> = {
  running: 'The answer was still being written.',
  stopped: 'The answer was stopped here.',
  failed: 'The answer broke off here.',
  interrupted: 'The answer broke off here.',
};

/** What was thought before the answer, as a quotation: it is no part of it. */
function toThought(reasoning: string): string {
  return `> Thought before the answer:\n>\n${reasoning.trim().replaceAll(/^/gm, '> ')}\n`;
}

function toSection({ role, content, created_at: at, model, state, system, reasoning, error, attachments = [] }: MessageView): string {
  const who = role === 'user' ? 'You' : (model ?? 'Answer');
  const ending = state === undefined ? undefined : ENDINGS[state];
  return [
    ...(system === undefined ? [] : [`## System prompt\n\n${system}\n`]),
    `## ${who}, ${at.slice(0, 16).replace('T', ' ')} UTC\n`,
    ...(reasoning === undefined ? [] : [toThought(reasoning)]),
    ...(content.trim() === '' ? [] : [`${content.trimEnd()}\n`]),
    ...attachments.map(({ name }) => `*Attached: ${name}*\n`),
    ...(ending === undefined ? [] : [`*${[ending, error?.detail].filter(Boolean).join(' ')}*\n`]),
  ].join('\n');
}
