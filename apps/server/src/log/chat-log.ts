import type { ChatLog } from '@pilotlight/chat';

import type { LogLevel, WriteLog } from './log-events.ts';

/** What the chat says, as lines of the server's log. */
export function toChatLog(log: WriteLog): ChatLog {
  const write =
    (level: LogLevel): ChatLog['info'] =>
    ({ err, ...facts }, words) =>
      log('chat_note', { level, facts: { ...facts, words }, cause: err });
  // That an answer ended is in the line of its attempt already.
  return { info: write('debug'), warn: write('warn'), error: write('error') };
}
