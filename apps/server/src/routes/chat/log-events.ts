import { isTerminal } from '@pilotlight/contract';
import type { LoggedPart } from '@pilotlight/contract';

import type { StreamEvent } from '../../http/define-route.ts';

/** A log as events: the offset is the event's id, so that a reader that comes back reads on by itself. */
export function toLogEvents(log: AsyncIterable<LoggedPart>): AsyncIterable<StreamEvent> {
  return { [Symbol.asyncIterator]: () => toEventIterator(log[Symbol.asyncIterator]()) };
}

/** Written out, as a generator would cost every token of every reader two more promises. */
function toEventIterator(parts: AsyncIterator<LoggedPart>): AsyncIterator<StreamEvent> {
  const toEvent = (result: IteratorResult<LoggedPart>): IteratorResult<StreamEvent> => {
    if (result.done === true) return { done: true, value: undefined };
    const { offset, part } = result.value;
    return { done: false, value: { id: offset, type: part.type, json: JSON.stringify(part) } };
  };
  return {
    next: () => parts.next().then(toEvent),
    async return() {
      await parts.return?.();
      return { done: true, value: undefined };
    },
  };
}

/** The same, with the text held back until it is whole: one text event before the terminal one (`OLLAMA_STREAM=false`). */
export async function* holdText(log: AsyncIterable<LoggedPart>): AsyncGenerator<LoggedPart> {
  const texts: string[] = [];
  let lastOffset = 0;
  for await (const logged of log) {
    if (logged.part.type === 'text') {
      texts.push(logged.part.text);
      lastOffset = logged.offset;
      continue;
    }
    if (isTerminal(logged.part) && texts.length > 0) yield { offset: lastOffset, part: { type: 'text', text: texts.join('') } };
    yield logged;
  }
}
