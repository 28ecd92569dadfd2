import { EngineError, sleep } from '@pilotlight/contract';
import type { Clock, EnginePart, StreamRequest } from '@pilotlight/contract';
import { addPart, createLineReader, drainBody } from '@pilotlight/engine-http';
import type { LineReader } from '@pilotlight/engine-http';

import type { ModelCatalogue } from './model-catalogue.ts';
import type { OpenaiClient } from './openai-client.ts';
import { toChatBody } from './to-chat-body.ts';
import type { AnswerState } from './to-engine-parts.ts';
import { beginAnswer, toEngineParts, toFinish } from './to-engine-parts.ts';
import { toCut } from './to-unreachable.ts';
import { withoutAutoload } from './without-autoload.ts';

export interface AnswerCall {
  readonly client: OpenaiClient;
  readonly clock: Clock;
  readonly catalogue: ModelCatalogue;
  readonly request: StreamRequest;
  readonly signal: AbortSignal;
}

interface Reading {
  readonly parts: readonly EnginePart[];
  readonly error: Error | undefined;
}

const MAX_LINE_BYTES = 4_194_304;
/** After the `finish_reason` the answer is whole; usage and `[DONE]` may follow, and nobody waits for them longer than this. */
const GRACE_MS = 2_000;

/** The parts in some lines, as few as they can be; what stood before an error stays. */
function readLines(lines: readonly string[], state: AnswerState): Reading {
  const parts: EnginePart[] = [];
  try {
    for (const line of lines) for (const part of toEngineParts(line, state)) addPart(parts, part);
  } catch (error) {
    if (state.reason !== undefined) return { parts, error: undefined };
    return { parts, error: error instanceof Error ? error : new Error(String(error)) };
  }
  return { parts, error: undefined };
}

/** What stands after the last line end: a last line without one, or half a line that the end of the body cut off. */
function readRest(reader: LineReader, state: AnswerState): Reading {
  const rest = reader.rest();
  const reading = readLines(rest === '' ? [] : [rest], state);
  const isHalf = reading.error instanceof EngineError && reading.error.failure === 'protocol';
  return isHalf ? { ...reading, error: undefined } : reading;
}

/** The next piece. Once the answer is whole, a connection that breaks or stays silent counts as its end. */
async function nextPiece(pieces: AsyncIterator<Uint8Array>, state: AnswerState, clock: Clock): Promise<Uint8Array | undefined> {
  const next = pieces.next().then(({ done, value }) => (done === true ? undefined : value));
  if (state.reason === undefined) return next;
  const waited = new AbortController();
  const patience = sleep(clock, GRACE_MS, waited.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([next.catch(() => undefined), patience]);
  } finally {
    waited.abort();
  }
}

/**
 * One answer over `/v1/chat/completions`. Only a chunk with a `finish_reason` ends it well, whatever HTTP or `[DONE]` say: some servers and proxies end
 * broken answers as cleanly as whole ones. Aborting closes the connection, which is how the server learns of it.
 */
export async function* streamAnswer(call: AnswerCall): AsyncGenerator<EnginePart, void, void> {
  const { client, clock, catalogue, request, signal } = call;
  let body: AsyncIterator<Uint8Array> | undefined;
  try {
    const { id } = await catalogue.find(request.model, signal);
    const { kind } = catalogue;
    const path = withoutAutoload('/v1/chat/completions', kind);
    const response = await client.call({ path, body: toChatBody({ request, id, kind }), model: request.model, signal });
    const pieces = response.body[Symbol.asyncIterator]();
    body = pieces;
    const reader = createLineReader(MAX_LINE_BYTES, client.server);
    const state = beginAnswer(request.model, client.server);
    for (let isOver = false; !isOver;) {
      const piece = await nextPiece(pieces, state, clock);
      signal.throwIfAborted();
      const reading = piece === undefined ? readRest(reader, state) : readLines(reader.push(piece), state);
      isOver = piece === undefined || state.isDone;
      for (const part of reading.parts) {
        yield part;
        signal.throwIfAborted();
      }
      if (reading.error !== undefined) throw reading.error;
    }
    const finish = toFinish(state);
    if (state.isDone) {
      body = undefined;
      void drainBody(pieces, clock);
    }
    yield finish;
  } catch (error) {
    signal.throwIfAborted();
    throw toCut(error, client.server);
  } finally {
    await body?.return?.();
  }
}
