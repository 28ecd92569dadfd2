import { streamPartSchema } from '@pilotlight/contract';
import type { ErrorPart, FinishPart, StreamPart } from '@pilotlight/contract';

import { readEvents } from './read-events.ts';

/** An answer as a client of the server saw it. */
export interface SeenAnswer {
  readonly parts: readonly StreamPart[];
  readonly text: string;
  readonly finish: FinishPart | undefined;
  readonly error: ErrorPart | undefined;
  readonly conversationId: string;
}

export interface ServerQuestion {
  readonly model: string;
  readonly message?: string;
  readonly options?: object;
  readonly signal?: AbortSignal;
  /** Called with each part as it comes. */
  readonly onPart?: (part: StreamPart) => void;
}

/** Asks a running server over `/api/chat/stream` and reads to the end of the stream. */
export async function askServer(url: string, question: ServerQuestion): Promise<SeenAnswer> {
  const { model, message = 'count to 60', options = {}, signal, onPart } = question;
  const response = await fetch(`${url}/api/chat/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message, model, options }),
    signal: signal ?? null,
  });
  if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`);
  const parts: StreamPart[] = [];
  for await (const { data } of readEvents(response)) {
    const part = streamPartSchema.parse(JSON.parse(data));
    parts.push(part);
    onPart?.(part);
  }
  const [start] = parts;
  return {
    parts,
    text: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    finish: parts.find((part) => part.type === 'finish'),
    error: parts.find((part) => part.type === 'error'),
    conversationId: start?.type === 'start' ? start.conversation_id : '',
  };
}
