import { EngineError } from '@pilotlight/contract';
import type { EnginePart } from '@pilotlight/contract';

/** The answers that are being written, so that an unload or the end of the engine can end them. */
export interface RunningAnswers {
  /** Wraps a generator that takes a signal: started by the first `next()`, ended by the given signal, by `return()`, or by `end`. */
  run(
    model: string,
    signal: AbortSignal,
    start: (signal: AbortSignal) => AsyncGenerator<EnginePart, void, void>,
  ): AsyncIterable<EnginePart>;
  /** Ends those of the models for which this is true; each rejects with the error. */
  end(isMeant: (model: string) => boolean, error: EngineError): void;
  /** As `end` for all, and refuses every further one. */
  close(): void;
}

interface Running {
  readonly model: string;
  readonly controller: AbortController;
}

const DONE: IteratorResult<EnginePart, void> = { done: true, value: undefined };
const LEFT = new Error('the reader has left');

/** `server` is how the other side is called in sentences. */
export function createRunningAnswers(server: string): RunningAnswers {
  const closedText = `The connection to ${server} is closed.`;
  const running = new Set<Running>();
  let isClosed = false;

  function iterate(
    model: string,
    signal: AbortSignal,
    start: (signal: AbortSignal) => AsyncGenerator<EnginePart, void, void>,
  ): AsyncIterator<EnginePart, void> {
    const entry: Running = { model, controller: new AbortController() };
    let parts: AsyncGenerator<EnginePart, void, void> | undefined;
    let isOver = false;
    const onAbort = (): void => entry.controller.abort(signal.reason);

    function begin(): AsyncGenerator<EnginePart, void, void> {
      signal.throwIfAborted();
      if (isClosed) throw new EngineError('failed', closedText);
      signal.addEventListener('abort', onAbort, { once: true });
      running.add(entry);
      return start(entry.controller.signal);
    }
    function finish(): void {
      isOver = true;
      running.delete(entry);
      signal.removeEventListener('abort', onAbort);
    }

    return {
      async next() {
        if (isOver) return DONE;
        try {
          parts ??= begin();
          const result = await parts.next();
          if (result.done === true) finish();
          return result;
        } catch (error) {
          finish();
          if (error === LEFT) return DONE;
          throw error;
        }
      },
      async return() {
        finish();
        entry.controller.abort(LEFT);
        await parts?.return().catch(() => {});
        return DONE;
      },
    };
  }

  function end(isMeant: (model: string) => boolean, error: EngineError): void {
    for (const { model, controller } of [...running]) if (isMeant(model)) controller.abort(error);
  }

  return {
    run: (model, signal, start) => ({ [Symbol.asyncIterator]: () => iterate(model, signal, start) }),
    end,
    close() {
      isClosed = true;
      end(() => true, new EngineError('failed', closedText));
    },
  };
}
