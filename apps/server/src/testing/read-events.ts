import { createEventStreamParser } from '@pilotlight/contract';
import type { ServerSentEvent } from '@pilotlight/contract';

/** The events of an answer as they come. */
export async function* readEvents(response: Response): AsyncGenerator<ServerSentEvent> {
  if (!response.body) return;
  const parse = createEventStreamParser();
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) yield* parse(piece);
}

/** All of them, to the end of the stream. */
export async function allEvents(response: Response): Promise<ServerSentEvent[]> {
  return Array.fromAsync(readEvents(response));
}

/** The first that fits; the rest is left unread and the stream stays open. */
export async function nextEvent(
  events: AsyncIterator<ServerSentEvent>,
  fits: (event: ServerSentEvent) => boolean,
): Promise<ServerSentEvent> {
  for (;;) {
    const result = await events.next();
    if (result.done === true) throw new Error('the stream ended before such an event came');
    if (fits(result.value)) return result.value;
  }
}
