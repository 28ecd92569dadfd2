import { EngineError } from '@pilotlight/contract';
import type { Clock, EnginePart, StreamRequest } from '@pilotlight/contract';
import { addPart, createLineReader, drainBody } from '@pilotlight/engine-http';

import type { OllamaClient } from './ollama-client.ts';
import type { KeepAlive } from './to-chat-body.ts';
import { toChatBody } from './to-chat-body.ts';
import type { AnswerState } from './to-engine-parts.ts';
import { toEngineParts } from './to-engine-parts.ts';
import { toCut } from './to-unreachable.ts';

export interface AnswerCall {
  readonly client: OllamaClient;
  readonly clock: Clock;
  readonly request: StreamRequest;
  readonly keepAlive: KeepAlive | undefined;
  readonly canThink: boolean;
  readonly signal: AbortSignal;
}

interface Reading {
  readonly parts: readonly EnginePart[];
  readonly isFinished: boolean;
  readonly error: Error | undefined;
}

const MAX_LINE_BYTES = 4_194_304;

/** The parts in some lines, as few as they can be; nothing after a finish counts, and what stood before an error stays. */
function readLines(lines: readonly string[], state: AnswerState): Reading {
  const parts: EnginePart[] = [];
  try {
    for (const line of lines) {
      for (const part of toEngineParts(line, state)) addPart(parts, part);
      if (parts.at(-1)?.type === 'finish') return { parts, isFinished: true, error: undefined };
    }
  } catch (error) {
    return { parts, isFinished: false, error: error instanceof Error ? error : new Error(String(error)) };
  }
  return { parts, isFinished: false, error: undefined };
}

/** What stands after the last line end: a last line without one, or half a line that the end of the body cut off. */
function readRest(rest: string, state: AnswerState): Reading {
  const reading = rest === '' ? readLines([], state) : readLines([rest], state);
  const isHalf = reading.error instanceof EngineError && reading.error.failure === 'protocol';
  if (reading.isFinished || (reading.error !== undefined && !isHalf)) return reading;
  return { ...reading, error: new EngineError('cut', 'The answer ended without its end marker.') };
}

/**
 * One answer over `/api/chat`. Only a line with `done:true` ends it well, whatever HTTP says: Ollama ends some broken answers as cleanly as whole ones.
 * Aborting closes the connection, which is how Ollama learns of it.
 */
export async function* streamAnswer(call: AnswerCall): AsyncGenerator<EnginePart, void, void> {
  const { client, clock, request, signal } = call;
  const { model } = request;
  let body: AsyncIterator<Uint8Array> | undefined;
  try {
    const response = await client.call({ path: '/api/chat', body: toChatBody(request, call), model, signal });
    const pieces = response.body[Symbol.asyncIterator]();
    body = pieces;
    const reader = createLineReader(MAX_LINE_BYTES, 'Ollama');
    const state: AnswerState = { model, toolCalls: 0 };
    for (let isOver = false; !isOver;) {
      const piece = await pieces.next();
      const reading = piece.done === true ? readRest(reader.rest(), state) : readLines(reader.push(piece.value), state);
      isOver = piece.done === true || reading.isFinished;
      if (reading.isFinished) {
        body = undefined;
        void drainBody(pieces, clock);
      }
      for (const part of reading.parts) {
        yield part;
        if (!reading.isFinished) signal.throwIfAborted();
      }
      if (reading.error !== undefined) throw reading.error;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw toCut(error, client.address);
  } finally {
    await body?.return?.();
  }
}
