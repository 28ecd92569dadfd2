import { conversationListSchema } from '@pilotlight/contract';
import type { ConversationSummary } from '@pilotlight/contract';

import type { Command, CommandContext } from '../command.ts';
import { toPrintable } from '../printable.ts';

const DEFAULT_COUNT = 20;
const PAGE = 200;

export const conversationsList: Command = {
  name: 'history',
  summary: 'List the conversations, the last used one first',
  arguments: [],
  options: [
    { name: 'count', short: 'n', value: 'NUMBER', description: `how many at most (default: ${DEFAULT_COUNT})` },
    { name: 'all', description: 'all of them' },
  ],
  async run(context) {
    const { terminal, json } = context;
    const count = countOf(context);
    if (count === undefined) {
      terminal.note('--count takes a whole number from 1 on.\n');
      return 2;
    }
    const conversations = await listConversations(context.server, count);
    if (json) terminal.write(`${JSON.stringify({ conversations })}\n`);
    else
      for (const { id, title, updated_at: at } of conversations)
        terminal.write(`${at.slice(0, 16).replace('T', ' ')}  ${id}  ${toPrintable(title)}\n`);
    if (!json && conversations.length === 0) terminal.note('There is no conversation yet.\n');
    return 0;
  },
};

function countOf({ option, values }: CommandContext): number | undefined {
  if (values['all'] === true) return Infinity;
  const text = option('count') ?? String(DEFAULT_COUNT);
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

/** The newest conversations, read page by page. */
export async function listConversations(server: CommandContext['server'], count: number): Promise<readonly ConversationSummary[]> {
  const found: ConversationSummary[] = [];
  let next: string | null = '';
  while (next !== null && found.length < count) {
    const before: string = next === '' ? '' : `&before=${encodeURIComponent(next)}`;
    const limit = Math.min(PAGE, count - found.length);
    const page = conversationListSchema.parse(await server.request('GET', `/api/conversations?limit=${limit}${before}`));
    found.push(...page.conversations);
    next = page.next;
  }
  return found;
}
