import { createEventStreamParser, createHoldWatch } from '@pilotlight/contract';
import type { ServerSentEvent } from '@pilotlight/contract';

import { ServerFailure, toFailure } from '../server-client.ts';
import type { EventsRequest, ServerClient } from '../server-client.ts';

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  /** In place of a body in JSON. */
  readonly file?: Uint8Array;
  readonly signal?: AbortSignal;
}

/** A client over this machine's `fetch`. The token, if any, goes to this one server only; redirects are not followed. */
export function createHttpServerClient(url: string, token: string | undefined): ServerClient {
  async function call({ method, path, body, file, signal }: Call): Promise<Response> {
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(file === undefined ? {} : { 'content-type': 'application/octet-stream' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    let response: Response;
    try {
      response = await fetch(new URL(path, url), {
        method,
        headers,
        redirect: 'error',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(file === undefined ? {} : { body: Uint8Array.from(file) }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ServerFailure(`No server answers at ${url}`, {
        code: 'server_unreachable',
        remedy: 'Start it with "npx pilotlight serve", or name another with --url.',
        cause: error,
      });
    }
    if (response.ok) return response;
    throw toFailure(response.status, await readJson(response), response.headers.get('retry-after'));
  }

  async function* events(request: EventsRequest): AsyncGenerator<ServerSentEvent> {
    const response = await call(request);
    if (!response.body) return;
    const watch = createHoldWatch(() => performance.now());
    const parse = createEventStreamParser(watch.take);
    const pieces = response.body.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
    try {
      for (let next = await nextOf(pieces); next.done !== true; next = await nextOf(pieces)) {
        const parsed = parse(next.value);
        if (watch.look()) request.onHeldBack?.();
        yield* parsed;
      }
    } finally {
      await pieces.return?.();
    }
  }

  return {
    url,
    request: async (method, path, body) => readJson(await call({ method, path, body })),
    upload: async (path, file) => readJson(await call({ method: 'POST', path, file })),
    text: async (path) => (await call({ method: 'GET', path })).text(),
    events,
  };
}

/** The next piece of a body. A connection that breaks is an end: what is whole says so by its own last event. */
async function nextOf(pieces: AsyncIterator<string>): Promise<IteratorResult<string>> {
  try {
    return await pieces.next();
  } catch {
    return { done: true, value: undefined };
  }
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
