import { isTerminal } from '@pilotlight/contract';
import type { Chat } from '@pilotlight/contract';

import type { WriteLog } from './log-events.ts';

/** The same chat, with questions and whole answers in the log: only where the user asked for it (`LOG_CONTENT`), and never of temporary conversations. */
export function logContent(chat: Chat, log: WriteLog): Chat {
  const follow = async (generationId: string): Promise<void> => {
    const texts: string[] = [];
    for await (const { part } of chat.follow(generationId, 0, new AbortController().signal)) {
      if (part.type === 'text') texts.push(part.text);
      if (isTerminal(part)) log('content', { facts: { role: 'assistant', generation_id: generationId, text: texts.join('') } });
    }
  };
  const followQuietly = (generationId: string): void => {
    follow(generationId).catch((cause: unknown) => log('fault', { facts: { doing: 'an answer was read for the log' }, cause }));
  };
  return {
    ...chat,
    async post(question) {
      const accepted = await chat.post(question);
      if (accepted.temporary === true) return accepted;
      log('content', { facts: { role: 'user', generation_id: accepted.generation_id, text: question.text } });
      followQuietly(accepted.generation_id);
      return accepted;
    },
    async regenerate(request) {
      const accepted = await chat.regenerate(request);
      if (accepted.temporary !== true) followQuietly(accepted.generation_id);
      return accepted;
    },
    async continueAnswer(request) {
      const accepted = await chat.continueAnswer(request);
      if (accepted.temporary !== true) followQuietly(accepted.generation_id);
      return accepted;
    },
  };
}
