import type { HttpRequest, HttpResponse, Network } from '@pilotlight/contract';
import { NetworkError } from '@pilotlight/contract';
import type { Dispatcher } from 'undici';
// The pool of connections alone: the whole package loads caches, web sockets and a fetch beside it, 8 MB and 40 ms of each start.
import Agent from 'undici/lib/dispatcher/agent.js';

import { createBodyQueue } from './body-queue.ts';
import { toNetworkError } from './to-network-error.ts';

/** The network over real sockets. Disposing closes them all. */
export interface UndiciNetwork extends Network, AsyncDisposable {}

const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;
const MAX_AGENTS = 16;
/** An aborted exchange is closed with this; the reader gets the reason of its own signal. */
const CLOSED = new Error('the exchange was closed');

/**
 * No proxy, no redirects, no limit on waiting for headers or body, one request at a time on each connection, and as many connections as there are
 * requests: whoever limits them does it above, where the queue can be seen.
 */
function createAgent(connectTimeoutMs: number): Agent {
  return new Agent({
    connect: { timeout: connectTimeoutMs },
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 1,
    allowH2: false,
  });
}

function toHeaders(raw: NodeJS.Dict<string | string[]>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(raw)) if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return headers;
}

/** Sends one request and resolves with the head of its answer. */
function exchange(agent: Agent, request: HttpRequest): Promise<HttpResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const { signal } = request;
  let controller: Dispatcher.DispatchController | undefined;
  let isClosed = false;

  const queue = createBodyQueue({ onDrained: () => controller?.resume(), onLeft: close });

  function close(): void {
    isClosed = true;
    signal?.removeEventListener('abort', onAbort);
    controller?.abort(CLOSED);
  }
  function onAbort(): void {
    const reason: unknown = signal?.reason;
    reject(reason);
    queue.abort(reason);
    close();
  }
  function finish(error?: unknown): void {
    signal?.removeEventListener('abort', onAbort);
    if (error === undefined) {
      queue.end();
      return;
    }
    const failure = toNetworkError(error);
    reject(failure);
    queue.fail(failure);
  }

  signal?.addEventListener('abort', onAbort, { once: true });
  const url = new URL(request.url);
  agent.dispatch(
    {
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: request.method,
      headers: { ...request.headers },
      body: request.body ?? null,
    },
    {
      onRequestStart(started) {
        controller = started;
        if (isClosed) started.abort(CLOSED);
      },
      onResponseStart(_controller, status, headers) {
        if (status < 200) return;
        resolve({ status, headers: toHeaders(headers), body: queue.body });
      },
      onResponseData(started, piece) {
        if (queue.push(piece)) started.pause();
      },
      onResponseEnd: () => finish(),
      onResponseError: (_controller, error) => finish(error),
    },
  );
  return promise;
}

/** Creates the network that the server uses towards engines elsewhere. */
export function createUndiciNetwork(): UndiciNetwork {
  const agents = new Map<number, Agent>();
  let isDisposed = false;

  function agentFor(connectTimeoutMs: number): Agent {
    const known = agents.get(connectTimeoutMs);
    if (known !== undefined) return known;
    if (agents.size >= MAX_AGENTS) throw new RangeError(`more than ${MAX_AGENTS} different connect time-outs`);
    const agent = createAgent(connectTimeoutMs);
    agents.set(connectTimeoutMs, agent);
    return agent;
  }

  return {
    async request(request) {
      request.signal?.throwIfAborted();
      if (isDisposed) throw new NetworkError('cut', 'the network is closed');
      return exchange(agentFor(request.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS), request);
    },
    async [Symbol.asyncDispose]() {
      isDisposed = true;
      await Promise.all([...agents.values()].map((agent) => agent.destroy()));
      agents.clear();
    },
  };
}
