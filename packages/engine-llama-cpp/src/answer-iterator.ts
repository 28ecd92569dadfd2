import { EngineError } from '@pilotlight/contract';
import type { EnginePart } from '@pilotlight/contract';

import type { Request, RequestEvent } from './model-process.ts';

/** Starts the request. Throws `EngineError` if there is nothing to ask. */
export type StartAnswer = (listener: (event: RequestEvent) => void) => Request;

/**
 * Turns the events of one request into parts. Nothing is sent before the first `next()`; an abort or `return()` ends a wait at once and tells the
 * child. What waits to be read is bounded by the length of an answer, which is bounded by the context.
 */
export function createAnswerIterator(start: StartAnswer, signal: AbortSignal): AsyncIterator<EnginePart> {
  const parts: EnginePart[] = [];
  const waiting: PromiseWithResolvers<IteratorResult<EnginePart>>[] = [];
  let request: Request | undefined;
  let failure: { readonly error: unknown } | undefined;
  let isStarted = false;
  let isDone = false;

  function settle(): void {
    while (waiting.length > 0) {
      const part = parts.shift();
      if (part !== undefined) waiting.shift()?.resolve({ done: false, value: part });
      else if (failure !== undefined) {
        const { error } = failure;
        failure = undefined;
        waiting.shift()?.reject(error);
      } else if (isDone) waiting.shift()?.resolve({ done: true, value: undefined });
      else return;
    }
  }

  function finish(error?: { readonly error: unknown }): void {
    if (isDone) return;
    isDone = true;
    failure = error;
    signal.removeEventListener('abort', onAbort);
    request?.[Symbol.dispose]();
  }

  function onAbort(): void {
    parts.length = 0;
    finish({ error: signal.reason });
    settle();
  }

  function onEvent(event: RequestEvent): void {
    if (isDone) return;
    const part = toPart(event);
    if (part !== undefined) parts.push(part);
    if (event.type === 'finish') finish();
    else if (event.type === 'refused') finish({ error: new EngineError(event.failure, event.reason) });
    else if (event.type === 'lost')
      finish({ error: new EngineError(event.loss.failure === 'failed' ? 'failed' : 'died', event.loss.reason) });
    else if (event.type === 'cancelled') finish({ error: new EngineError('failed', 'The answer was given up.') });
    settle();
  }

  function begin(): void {
    isStarted = true;
    if (signal.aborted) {
      finish({ error: signal.reason });
      return;
    }
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      request = start(onEvent);
    } catch (error) {
      finish({ error });
    }
  }

  return {
    next() {
      const wait = Promise.withResolvers<IteratorResult<EnginePart>>();
      waiting.push(wait);
      if (!isStarted && !isDone) begin();
      settle();
      return wait.promise;
    },
    return() {
      parts.length = 0;
      finish();
      failure = undefined;
      settle();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}

function toPart(event: RequestEvent): EnginePart | undefined {
  switch (event.type) {
    case 'text':
    case 'reasoning':
      return { type: event.type, text: event.text };
    case 'reading':
      return { type: 'reading', tokensDone: event.tokensDone, tokensTotal: event.tokensTotal };
    case 'finish':
      return { type: 'finish', reason: event.reason, usage: event.usage, timings: event.timings };
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
