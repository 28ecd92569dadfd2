import { askAndPrint } from '../answer.ts';
import { findLastConversation } from '../last-conversation.ts';
import type { Command, CommandContext } from '../command.ts';
import { toPrintable } from '../printable.ts';
import { ServerFailure } from '../server-client.ts';

const INTERRUPTED = 130;

export const chatStart: Command = {
  name: 'chat',
  summary: 'Talk to a model; with a message, or one on standard input, print the answer and end',
  arguments: [{ name: 'MESSAGE', description: 'the message; without it a conversation begins', required: false }],
  options: [
    { name: 'model', short: 'm', value: 'NAME', description: 'the model to ask (default: the default model)' },
    { name: 'continue', short: 'c', description: 'go on with the last conversation' },
  ],
  async run(context) {
    const [message] = context.arguments;
    const conversationId = await findConversation(context);
    if (message !== undefined) return answerOnce(context, message, conversationId);
    if (context.terminal.canAsk) return converse(context, conversationId);
    const piped = (await context.terminal.readAll()).trim();
    if (piped !== '') return answerOnce(context, piped, conversationId);
    context.terminal.note('There is no message: name one, or write one to standard input.\n');
    return 2;
  },
};

/** The conversation to go on with, which is named where a person watches; undefined: a new one begins. */
async function findConversation({ values, server, terminal, json }: CommandContext): Promise<string | undefined> {
  if (values['continue'] !== true) return undefined;
  const last = await findLastConversation(server);
  if (!json) terminal.note(`Going on with “${toPrintable(last.title)}”.\n`);
  return last.id;
}

async function answerOnce(context: CommandContext, message: string, conversationId: string | undefined): Promise<number> {
  const asked = await askAndPrint(context, { message, model: context.option('model'), conversationId, json: context.json });
  if (asked.outcome === 'stopped') return INTERRUPTED;
  return asked.outcome === 'whole' ? 0 : 1;
}

/** Asks until the input ends or Ctrl-C comes at the prompt; a failed answer ends nothing. */
async function converse(context: CommandContext, first: string | undefined): Promise<number> {
  const { terminal } = context;
  let conversationId = first;
  let leaving = false;
  terminal.note('Ctrl-C stops an answer, twice leaves.\n');
  for (;;) {
    const message = await askForMessage(context, () => (leaving ? 'leave' : ((leaving = true), 'stay')));
    if (message === undefined) return 0;
    leaving = false;
    if (message.trim() === '') continue;
    try {
      const asked = await askAndPrint(context, { message, model: context.option('model'), conversationId, json: context.json });
      conversationId = asked.conversationId ?? conversationId;
      leaving = asked.outcome === 'stopped';
    } catch (error) {
      if (!(error instanceof ServerFailure)) throw error;
      terminal.note(`${error.message}\n${error.remedy}\n`);
    }
  }
}

/** One line; at the prompt the first Ctrl-C says how to leave and the second leaves. */
async function askForMessage({ terminal }: CommandContext, onInterrupt: () => 'leave' | 'stay'): Promise<string | undefined> {
  const left = Promise.withResolvers<undefined>();
  using _interrupts = terminal.onInterrupt(() => {
    if (onInterrupt() === 'leave') left.resolve(undefined);
    else terminal.note('\nCtrl-C again leaves.\n> ');
  });
  return await Promise.race([terminal.ask('> '), left.promise]);
}
