import { conversationSummarySchema, deletedConversationSchema } from '@pilotlight/contract';
import type { ConversationChange } from '@pilotlight/contract';
import { closest } from '@pilotlight/settings';

import type { CommandContext } from './command.ts';
import { toPrintable } from './printable.ts';

interface Done {
  readonly answer: unknown;
  /** For people. */
  readonly words: string;
}

interface Action {
  /** Words after the id: their name, in brackets if they may be left out. */
  readonly takes?: 'TITLE' | '[FOLDER]';
  readonly run: (server: CommandContext['server'], path: string, words: string | undefined) => Promise<Done>;
}

/** What can be done to a conversation, by the word for it. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['rename', { takes: 'TITLE', run: rename }],
  ['delete', { run: remove }],
  ['undo', { run: restore }],
  ['pin', { run: (server, path) => change(server, path, { pinned: true }) }],
  ['unpin', { run: (server, path) => change(server, path, { pinned: false }) }],
  ['archive', { run: (server, path) => change(server, path, { archived: true }) }],
  ['unarchive', { run: (server, path) => change(server, path, { archived: false }) }],
  ['folder', { takes: '[FOLDER]', run: (server, path, folder) => change(server, path, { folder: folder ?? null }) }],
]);

/** Does what the first word says to the conversation that the second names. */
export async function runAction({ arguments: [word = '', id, words], server, terminal, json }: CommandContext): Promise<number> {
  const action = ACTIONS.get(word);
  if (action === undefined || id === undefined || (words === undefined ? action.takes === 'TITLE' : action.takes === undefined)) {
    terminal.note(toUsage(word));
    return 2;
  }
  const { answer, words: said } = await action.run(server, `/api/conversations/${encodeURIComponent(id)}`, words);
  terminal.write(json ? `${JSON.stringify(answer)}\n` : `${said}\n`);
  return 0;
}

function toUsage(word: string): string {
  const near = ACTIONS.has(word) ? undefined : closest(word, [...ACTIONS.keys()]);
  const lines = [...ACTIONS].map(([name, { takes }]) => `"history ${name} ID${takes === undefined ? '' : ` ${takes}`}"`);
  return `${near === undefined ? '' : `Did you mean "history ${near}"? `}There are ${lines.join(', ')}.\n`;
}

async function rename(server: CommandContext['server'], path: string, title = ''): Promise<Done> {
  const answer = conversationSummarySchema.parse(await server.request('PATCH', path, { title }));
  return { answer, words: `It is called “${toPrintable(answer.title)}” now.` };
}

async function remove(server: CommandContext['server'], path: string): Promise<Done> {
  const answer = deletedConversationSchema.parse(await server.request('DELETE', path));
  const until = answer.final_at.slice(0, 19).replace('T', ' ');
  const words =
    answer.final_at === answer.deleted_at
      ? 'Deleted for good.'
      : `Deleted. "pilotlight history undo ${answer.id}" brings it back until ${until} UTC; then it is gone for good.`;
  return { answer, words };
}

async function restore(server: CommandContext['server'], path: string): Promise<Done> {
  const answer = conversationSummarySchema.parse(await server.request('POST', `${path}/restore`, {}));
  return { answer, words: `“${toPrintable(answer.title)}” is there again.` };
}

async function change(server: CommandContext['server'], path: string, wish: ConversationChange): Promise<Done> {
  const answer = conversationSummarySchema.parse(await server.request('PATCH', path, wish));
  const places = [
    ...(answer.pinned === true ? ['pinned'] : []),
    ...(answer.archived === true ? ['archived'] : []),
    ...(answer.folder === undefined ? [] : [`in the folder ${toPrintable(answer.folder)}`]),
  ];
  return { answer, words: `“${toPrintable(answer.title)}” is ${places.length === 0 ? 'in the list' : places.join(', ')}.` };
}
