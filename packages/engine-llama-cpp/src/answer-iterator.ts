import { EngineError } from '@pilotlight/contract';
import type { EnginePart, Options } from '@pilotlight/contract';

import type { Request, RequestEvent } from './model-process.ts';
import { createPartQueue } from './part-queue.ts';

/** Starts the request. Throws `EngineError` if there is nothing to ask. */
export type StartAnswer = (listener: (event: RequestEvent) => void) => {
  readonly request: Request;
  /** What was taken for options that nobody gave. */
  readonly chosen: Options;
};

/**
 * Turns the events of one request into parts. Nothing is sent before the first `next()`; an abort or `return()` ends a wait at once and tells the
 * child. What waits to be read is bounded by the length of an answer, which is bounded by the context.
 */
export function createAnswerIterator(start: StartAnswer, signal: AbortSignal): AsyncIterator<EnginePart> {
  const queue = createPartQueue<EnginePart>();
  let request: Request | undefined;
  let chosen: Options = {};
  let isStarted = false;

  function end(failure?: { readonly error: unknown }): void {
    queue.end(failure);
    request?.[Symbol.dispose]();
  }

  /** Also after the end has come: who reads more slowly than the model writes leaves what was not read yet. */
  function onAbort(): void {
    queue.abandon(signal.reason);
    request?.[Symbol.dispose]();
  }

  function onEvent(event: RequestEvent): void {
    const part = toPart(event, chosen);
    if (part !== undefined) queue.push(part);
    if (event.type === 'finish') end();
    const error = toError(event);
    if (error !== undefined) end({ error });
  }

  function begin(): void {
    isStarted = true;
    if (signal.aborted) {
      end({ error: signal.reason });
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      ({ request, chosen } = start(onEvent));
    } catch (error) {
      end({ error });
    }
  }

  return {
    next() {
      if (!isStarted && !queue.isEnded) begin();
      const part = queue.next();
      if (queue.isDrained) signal.removeEventListener('abort', onAbort);
      return part;
    },
    return() {
      signal.removeEventListener('abort', onAbort);
      end();
      queue.clear();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}

function toError(event: RequestEvent): EngineError | undefined {
  if (event.type === 'refused') return new EngineError(event.failure, event.reason);
  if (event.type === 'lost') return new EngineError(event.loss.failure === 'failed' ? 'failed' : 'died', event.loss.reason);
  if (event.type === 'cancelled') return new EngineError('failed', 'The answer was given up.');
  return undefined;
}

function toPart(event: RequestEvent, chosen: Options): EnginePart | undefined {
  switch (event.type) {
    case 'text':
    case 'reasoning':
      return { type: event.type, text: event.text };
    case 'reading':
      return { type: 'reading', tokensDone: event.tokensDone, tokensTotal: event.tokensTotal };
    case 'finish':
      return { type: 'finish', reason: event.reason, usage: event.usage, timings: event.timings, chosen };
    case 'accepted':
    case 'refused':
    case 'cancelled':
    case 'counted':
    case 'vectors':
    case 'lost':
      return undefined;
    default:
      return event satisfies never;
  }
}
