import type { Message } from '@pilotlight/contract';

const QUESTION = 1500;
const ANSWER = 600;

/** What a model is asked for a title of a conversation that begins like this. */
export function toTitleRequest(question: string, answer: string): Message[] {
  const content = [
    'Write a title of three to six words for the conversation below, in its language. Answer with the title alone, on one line, without quotes.',
    `Question: ${cut(question, QUESTION)}`,
    `Answer: ${cut(answer, ANSWER)}`,
  ].join('\n\n');
  return [{ role: 'user', content }];
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()} …`;
}
