import { conversationSummarySchema, deletedConversationSchema } from '@pilotlight/contract';
import type { ConversationChange } from '@pilotlight/contract';

import type { CommandContext } from './command.ts';
import { toPrintable } from './printable.ts';

interface Done {
  readonly answer: unknown;
  /** For people. */
  readonly words: string;
}

type Action = (server: CommandContext['server'], path: string) => Promise<Done>;

/** What can be done to a conversation, but for its folder, by the word for it. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['delete', remove],
  ['undo', restore],
  ['pin', (server, path) => change(server, path, { pinned: true })],
  ['unpin', (server, path) => change(server, path, { pinned: false })],
  ['archive', (server, path) => change(server, path, { archived: true })],
  ['unarchive', (server, path) => change(server, path, { archived: false })],
]);

/** Does what the first word says to the conversation that the second names. */
export async function runAction({ arguments: [word = '', id, folder], server, terminal, json }: CommandContext): Promise<number> {
  const action = word === 'folder' ? toFolder(folder) : ACTIONS.get(word);
  if (action === undefined || id === undefined || (folder !== undefined && word !== 'folder')) {
    terminal.note(`There are "history ${[...ACTIONS.keys()].join(' ID", "history ')} ID" and "history folder ID [FOLDER]".\n`);
    return 2;
  }
  const { answer, words } = await action(server, `/api/conversations/${encodeURIComponent(id)}`);
  terminal.write(json ? `${JSON.stringify(answer)}\n` : `${words}\n`);
  return 0;
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

function toFolder(folder: string | undefined): Action {
  return (server, path) => change(server, path, { folder: folder ?? null });
}
