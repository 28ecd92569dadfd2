import type { NewConversationWish } from '@pilotlight/contract';

import { askAndPrint } from '../answer.ts';
import type { AskOptions } from '../answer.ts';
import { readAssignments } from '../assignments.ts';
import { findLastConversation } from '../last-conversation.ts';
import type { Command, CommandContext } from '../command.ts';
import { findPreset } from '../find-preset.ts';
import { toPrintable } from '../printable.ts';
import { ServerFailure } from '../server-client.ts';
import { uploadFiles, uploadNamed } from '../upload-files.ts';

const INTERRUPTED = 130;

export const chatStart: Command = {
  name: 'chat',
  summary: 'Talk to a model; with a message, or one on standard input, print the answer and end',
  arguments: [{ name: 'MESSAGE', description: 'the message; without it a conversation begins', required: false }],
  options: [
    { name: 'model', short: 'm', value: 'NAME', description: 'the model to ask (default: the default model)' },
    { name: 'task', value: 'NAME', description: 'the kind of work, in place of a model: its route chooses' },
    {
      name: 'set',
      short: 's',
      value: 'OPTIONS',
      description: 'options of the answer, such as "temperature=0.2 thinking=false"; docs/options.md has all',
    },
    {
      name: 'file',
      short: 'f',
      value: 'FILES',
      description:
        'send files with the first message, separated by commas: text, code, PDF, images; in a conversation "@FILE" in a message does the same',
    },
    { name: 'continue', short: 'c', description: 'go on with the last conversation' },
    { name: 'preset', short: 'p', value: 'NAME', description: 'begin with a copy of this preset' },
    { name: 'temporary', short: 't', description: 'keep nothing: the conversation is in memory alone, and gone at the end' },
  ],
  async run(context) {
    const [message] = context.arguments;
    if (context.values['continue'] === true && (context.values['temporary'] === true || context.option('preset') !== undefined)) {
      context.terminal.note('--continue goes on with a conversation that is there: --temporary and --preset are for new ones.\n');
      return 2;
    }
    const attachments = await uploadFiles(context, toNames(context.option('file')));
    const begun = { attachments, conversationId: await findConversation(context), newConversation: await toWish(context) };
    if (message !== undefined) return answerOnce(context, message, begun);
    if (context.terminal.canAsk) return converse(context, begun);
    const piped = (await context.terminal.readAll()).trim();
    if (piped !== '') return answerOnce(context, piped, begun);
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

interface Begun {
  /** Files that go with the first message. */
  readonly attachments: readonly string[];
  readonly conversationId: string | undefined;
  readonly newConversation: NewConversationWish | undefined;
}

/** The files of `--file`. */
function toNames(files: string | undefined): string[] {
  return (files ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** What a new conversation begins with. Throws `ServerFailure` for a preset that is not there. */
async function toWish({ option, values, server }: CommandContext): Promise<NewConversationWish | undefined> {
  const name = option('preset');
  const temporary = values['temporary'] === true;
  const preset = name === undefined ? undefined : await findPreset(server, name);
  if (preset === undefined && !temporary) return undefined;
  return { ...(temporary && { temporary }), ...(preset !== undefined && { preset_id: preset.id }) };
}

/** Forgets a temporary conversation at its end; where that fails it is gone when the server ends. */
async function forget({ server }: CommandContext, { newConversation }: Begun, conversationId: string | undefined): Promise<void> {
  if (newConversation?.temporary !== true || conversationId === undefined) return;
  await server.request('DELETE', `/api/conversations/${encodeURIComponent(conversationId)}`).catch(() => undefined);
}

/** How the answers are made. Throws `ServerFailure` for an option that is none. */
function toManner({ option }: CommandContext): Pick<AskOptions, 'model' | 'task' | 'options'> {
  const set = option('set');
  return { model: option('model'), task: option('task'), options: set === undefined ? undefined : readAssignments(set).options };
}

async function answerOnce(context: CommandContext, message: string, begun: Begun): Promise<number> {
  const asked = await askAndPrint(context, { message, ...toManner(context), json: context.json, ...begun });
  await forget(context, begun, asked.conversationId);
  if (asked.outcome === 'stopped') return INTERRUPTED;
  return asked.outcome === 'whole' ? 0 : 1;
}

/** Asks until the input ends or Ctrl-C comes at the prompt; a failed answer ends nothing. */
async function converse(context: CommandContext, begun: Begun): Promise<number> {
  const { terminal } = context;
  let { conversationId, attachments } = begun;
  let leaving = false;
  terminal.note('Ctrl-C stops an answer, twice leaves.\n');
  for (;;) {
    const message = await askForMessage(context, () => (leaving ? 'leave' : ((leaving = true), 'stay')));
    if (message === undefined) break;
    leaving = false;
    if (message.trim() === '') continue;
    try {
      const named = await uploadNamed(context, message);
      const files = [...attachments, ...named];
      const asked = await askAndPrint(context, {
        message,
        ...toManner(context),
        json: context.json,
        ...begun,
        conversationId,
        attachments: files,
      });
      attachments = [];
      conversationId = asked.conversationId ?? conversationId;
      leaving = asked.outcome === 'stopped';
    } catch (error) {
      if (!(error instanceof ServerFailure)) throw error;
      terminal.note(`${error.message}\n${error.remedy}\n`);
    }
  }
  await forget(context, begun, conversationId);
  return 0;
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
