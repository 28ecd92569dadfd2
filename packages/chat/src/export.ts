import { EXPORT_FORMAT, EXPORT_VERSION } from '@pilotlight/contract';
import type { ConversationExport, ConversationView, MessageView } from '@pilotlight/contract';

import { toBranch } from './conversation-tree.ts';

/** Conversations as a file that can be imported again. */
export function toExport(conversations: readonly ConversationView[], exportedAt: string): ConversationExport {
  return { format: EXPORT_FORMAT, version: EXPORT_VERSION, exported_at: exportedAt, conversations: [...conversations] };
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

function toSection({ role, content, created_at: at, model, state, system }: MessageView): string {
  const who = role === 'user' ? 'You' : (model ?? 'Answer');
  const ending = state === undefined ? undefined : ENDINGS[state];
  return [
    ...(system === undefined ? [] : [`## System prompt\n\n${system}\n`]),
    `## ${who}, ${at.slice(0, 16).replace('T', ' ')} UTC\n\n${content.trimEnd()}\n`,
    ...(ending === undefined ? [] : [`*${ending}*\n`]),
  ].join('\n');
}
