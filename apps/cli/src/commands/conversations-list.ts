import { conversationListSchema } from '@pilotlight/contract';
import type { ConversationSummary } from '@pilotlight/contract';

import type { Command, CommandContext } from '../command.ts';
import { ACTIONS, runAction } from '../conversation-actions.ts';
import { toPrintable } from '../printable.ts';

const DEFAULT_COUNT = 20;
const PAGE = 200;

export const conversationsList: Command = {
  name: 'history',
  summary: 'List the conversations, pinned ones first, then the last used one first; or rename, delete, restore and sort them',
  arguments: [
    {
      name: 'ACTION',
      description: `${[...ACTIONS.keys()].join(', ')}; without one the conversations are listed`,
      required: false,
    },
    { name: 'ID', description: 'the conversation that the action is for', required: false },
    {
      name: 'WORDS',
      description: 'of "rename": the new title; of "folder": where to put it, without them out of its folder',
      required: false,
      takesRest: true,
    },
  ],
  options: [
    { name: 'count', short: 'n', value: 'NUMBER', description: `how many at most (default: ${DEFAULT_COUNT})` },
    { name: 'all', description: 'all of them' },
    { name: 'folder', value: 'NAME', description: 'those in this folder' },
    { name: 'archived', description: 'archived ones' },
  ],
  async run(context) {
    const { terminal, json } = context;
    if (context.arguments.length > 0) return runAction(context);
    const count = countOf(context);
    if (count === undefined) {
      terminal.note('--count takes a whole number from 1 on.\n');
      return 2;
    }
    const conversations = await listConversations(context.server, count, queryOf(context));
    if (json) terminal.write(`${JSON.stringify({ conversations })}\n`);
    else
      for (const { id, title, updated_at: at, pinned, folder, running_generation_id: running } of conversations) {
        const marks = [
          ...(running === undefined ? [] : ['an answer is being written']),
          ...(pinned === true ? ['pinned'] : []),
          ...(folder === undefined ? [] : [`in ${toPrintable(folder)}`]),
        ];
        const place = marks.map((mark) => ` (${mark})`).join('');
        terminal.write(`${at.slice(0, 16).replace('T', ' ')}  ${id}  ${toPrintable(title)}${place}\n`);
      }
    if (!json && conversations.length === 0) terminal.note('There is no conversation here yet.\n');
    return 0;
  },
};

function countOf({ option, values }: CommandContext): number | undefined {
  if (values['all'] === true) return Infinity;
  const text = option('count') ?? String(DEFAULT_COUNT);
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

function queryOf({ option, values }: CommandContext): string {
  const folder = option('folder');
  return `${values['archived'] === true ? '&archived=true' : ''}${folder === undefined ? '' : `&folder=${encodeURIComponent(folder)}`}`;
}

/** The first conversations of the list, read page by page. */
export async function listConversations(
  server: CommandContext['server'],
  count: number,
  query = '',
): Promise<readonly ConversationSummary[]> {
  const found: ConversationSummary[] = [];
  let next: string | null = '';
  while (next !== null && found.length < count) {
    const before: string = next === '' ? '' : `&before=${encodeURIComponent(next)}`;
    const limit = Math.min(PAGE, count - found.length);
    const page = conversationListSchema.parse(await server.request('GET', `/api/conversations?limit=${limit}${query}${before}`));
    found.push(...page.conversations);
    next = page.next;
  }
  return found;
}
