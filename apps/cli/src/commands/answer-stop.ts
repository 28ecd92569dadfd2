import { conversationViewSchema } from '@pilotlight/contract';

import type { Command, CommandContext } from '../command.ts';
import { toCount } from '../words.ts';
import { listConversations } from './conversations-list.ts';

interface Running {
  readonly conversation_id: string;
  readonly generation_id: string;
}

export const answerStop: Command = {
  name: 'stop',
  summary: 'Stop the answers that are being written in a conversation; what was written is kept',
  arguments: [{ name: 'ID', description: 'a conversation from "pilotlight history"', required: false }],
  options: [{ name: 'all', description: 'stop the answers of all conversations' }],
  async run(context) {
    const { server, terminal, json } = context;
    const [id] = context.arguments;
    if ((id === undefined) !== (context.values['all'] === true)) {
      terminal.note('Name one conversation, or --all.\n');
      return 2;
    }
    const ids = id === undefined ? await findBusy(server) : [id];
    const stopped: Running[] = [];
    for (const one of ids) {
      for (const running of await findRunning(server, one)) {
        await server.request('POST', `/api/generations/${encodeURIComponent(running.generation_id)}/stop`, {});
        stopped.push(running);
      }
    }
    if (json) terminal.write(`${JSON.stringify({ stopped })}\n`);
    else if (stopped.length > 0) terminal.write(`Stopped ${toCount(stopped.length, 'answer')}. What was written is kept.\n`);
    else terminal.note('No answer is being written there.\n');
    return stopped.length > 0 ? 0 : 1;
  },
};

/** The conversations in which an answer is being written. */
async function findBusy(server: CommandContext['server']): Promise<string[]> {
  const all = await listConversations(server, Infinity, '&archived=any');
  return all.filter((conversation) => conversation.running_generation_id !== undefined).map(({ id }) => id);
}

/** More than one where branches are written side by side. */
async function findRunning(server: CommandContext['server'], id: string): Promise<Running[]> {
  const view = conversationViewSchema.parse(await server.request('GET', `/api/conversations/${encodeURIComponent(id)}`));
  return view.messages.flatMap(({ state, generation_id: generation }) =>
    state === 'running' && generation !== undefined ? [{ conversation_id: id, generation_id: generation }] : [],
  );
}
