import { COMMAND_REMEDIES, HELD_BACK, streamPartSchema, toRemedy } from '@pilotlight/contract';
import type { NewConversationWish, StartPart, StreamPart } from '@pilotlight/contract';

import { toContextWords } from './context-words.ts';
import { toPrintable } from './printable.ts';
import type { ServerClient } from './server-client.ts';
import { createStatusLine } from './terminal.ts';
import type { StatusLine, Terminal } from './terminal.ts';
import { toWaitWords } from './words.ts';

export interface AskOptions {
  readonly message: string;
  readonly model: string | undefined;
  readonly task?: string | undefined;
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  readonly conversationId: string | undefined;
  readonly json: boolean;
  /** Ids of files that were uploaded for it. */
  readonly attachments?: readonly string[] | undefined;
  /** Of the conversation, should this message make it. */
  readonly newConversation?: NewConversationWish | undefined;
}

export interface Asked {
  readonly conversationId: string | undefined;
  /** Whether a whole answer came, or one that the person stopped. */
  readonly outcome: 'whole' | 'stopped' | 'failed';
}

interface Connection {
  readonly server: ServerClient;
  readonly terminal: Terminal;
}

/** Posts a message and prints the answer as it comes. The first Ctrl-C stops it at the server; what was written stays. */
export async function askAndPrint({ server, terminal }: Connection, options: AskOptions): Promise<Asked> {
  const status = createStatusLine(terminal);
  const print = createPrinter(terminal, status, options.json);
  let start: StartPart | undefined;
  let last: StreamPart | undefined;
  let stopAsked = false;
  const stop = (): void => {
    stopAsked = true;
    // The stream itself tells how it ended; a failure to stop shows there.
    if (start) void server.request('POST', `/api/generations/${start.generation_id}/stop`, {}).catch(() => undefined);
  };
  using _interrupts = terminal.onInterrupt(stop);
  const body = {
    message: options.message,
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(options.task === undefined ? {} : { task: options.task }),
    ...(options.options === undefined ? {} : { options: options.options }),
    ...(options.conversationId === undefined ? {} : { conversation_id: options.conversationId }),
    ...(options.attachments === undefined || options.attachments.length === 0 ? {} : { attachments: options.attachments }),
    ...(options.newConversation === undefined ? {} : { new_conversation: options.newConversation }),
  };
  const events = server.events({
    method: 'POST',
    path: '/api/chat/stream',
    body,
    signal: new AbortController().signal,
    onHeldBack: () => terminal.note(`${HELD_BACK.title}: ${HELD_BACK.detail}\n${HELD_BACK.remedy}\n`),
  });
  for await (const event of events) {
    const parsed = streamPartSchema.safeParse(JSON.parse(event.data));
    if (!parsed.success) continue;
    last = parsed.data;
    print(last);
    if (last.type !== 'start') continue;
    start = last;
    if (stopAsked) stop();
  }
  status.clear();
  return { conversationId: start?.conversation_id, outcome: toOutcome(last, terminal, options.json) };
}

function createPrinter(terminal: Terminal, status: StatusLine, json: boolean): (part: StreamPart) => void {
  if (json) return (part) => terminal.write(`${JSON.stringify(part)}\n`);
  return (part) => {
    switch (part.type) {
      case 'phase':
        status.show(toPrintable(toWaitWords(part)));
        return;
      case 'text':
        status.clear();
        terminal.write(toPrintable(part.text));
        return;
      case 'seam':
        terminal.note(`\n[${part.to} goes on here: ${toPrintable(part.reason)}]\n`);
        return;
      case 'reasoning':
        status.show('Thinking');
        return;
      case 'start':
      case 'tool_call':
      case 'tool_result':
      case 'finish':
      case 'error':
    }
  };
}

function toOutcome(last: StreamPart | undefined, terminal: Terminal, json: boolean): Asked['outcome'] {
  if (!json && last?.type !== 'start') terminal.write('\n');
  if (!json && last?.type === 'finish') for (const words of toContextWords(last.receipt.context)) terminal.note(`${toPrintable(words)}\n`);
  if (last?.type === 'finish') return last.reason === 'stopped' ? 'stopped' : 'whole';
  if (last?.type === 'error') {
    const remedy = toRemedy(COMMAND_REMEDIES, { code: last.code, sent: last.remedy, retryAfterSeconds: last.retry_after_seconds });
    if (!json) terminal.note(`${last.title}: ${toPrintable(last.detail)}\n${remedy}\n`);
    return 'failed';
  }
  terminal.note('The connection broke before the answer was whole. The server goes on with it; the page shows it.\n');
  return 'failed';
}
