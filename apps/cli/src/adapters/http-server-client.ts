import { createEventStreamParser } from '@pilotlight/contract';
import type { ServerSentEvent } from '@pilotlight/contract';

import { ServerFailure, toFailure } from '../server-client.ts';
import type { EventsRequest, ServerClient } from '../server-client.ts';

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** A client over this machine's `fetch`. The token, if any, goes to this one server only; redirects are not followed. */
export function createHttpServerClient(url: string, token: string | undefined): ServerClient {
  async function call({ method, path, body, signal }: Call): Promise<Response> {
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    let response: Response;
    try {
      response = await fetch(new URL(path, url), {
        method,
        headers,
        redirect: 'error',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
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
    throw toFailure(response.status, await readJson(response));
  }

  async function* events(request: EventsRequest): AsyncGenerator<ServerSentEvent> {
    const response = await call(request);
    if (!response.body) return;
    const parse = createEventStreamParser();
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) yield* parse(piece);
  }

  return {
    url,
    request: async (method, path, body) => readJson(await call({ method, path, body })),
    text: async (path) => (await call({ method: 'GET', path })).text(),
    events,
  };
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
