import type { Gateway, GatewayPart, GenerateRequest } from '@pilotlight/contract';

/** The gateway's stream of one answer, which was begun; whoever takes its parts begins with the first. */
export interface OpenedAnswer {
  /** Aborting it ends the stream and frees the engine. */
  readonly controller: AbortController;
  next(): Promise<IteratorResult<GatewayPart>>;
  /** No part is wanted any more; what is left to clean up is done in the background. */
  close(): void;
  /** Ends a stream of which nothing was taken. */
  leave(reason: string): void;
}

/** Asks for an answer, and for its first part at once: the way there begins now, whoever takes the part later. Failures come with the parts. */
export function openAnswer(gateway: Pick<Gateway, 'generate'>, request: GenerateRequest): OpenedAnswer {
  const controller = new AbortController();
  let parts: AsyncIterator<GatewayPart> | undefined;
  async function begin(): Promise<IteratorResult<GatewayPart>> {
    parts = gateway.generate(request, controller.signal)[Symbol.asyncIterator]();
    return parts.next();
  }
  let first: Promise<IteratorResult<GatewayPart>> | undefined = begin();
  // It is thrown where the part is taken, which may be never.
  first.catch(() => {});

  function close(): void {
    parts?.return?.().catch(() => undefined);
  }
  return {
    controller,
    next() {
      const waiting = first;
      first = undefined;
      return waiting ?? parts?.next() ?? Promise.resolve({ done: true, value: undefined });
    },
    close,
    leave(reason) {
      controller.abort(new DOMException(reason, 'AbortError'));
      close();
    },
  };
}
