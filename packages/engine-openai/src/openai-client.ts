import { EngineError } from '@pilotlight/contract';
import type { Clock, HttpResponse, Network } from '@pilotlight/contract';
import { parseFields } from '@pilotlight/engine-http';
import type { Fields } from '@pilotlight/engine-http';

import type { ServerAddress } from './to-address.ts';
import { toEngineError, toRetryAfter } from './to-engine-error.ts';
import { toUnreachable } from './to-unreachable.ts';

export interface OpenaiCall {
  /** Under `/v1/` it belongs to the API; else it lies beside it. */
  readonly path: string;
  /** Makes it a POST. */
  readonly body?: string;
  /** For messages. */
  readonly model?: string;
  readonly signal: AbortSignal;
}

export interface OpenaiQuestion extends Omit<OpenaiCall, 'signal'> {
  readonly signal?: AbortSignal | undefined;
  /** Absent: as long as it takes. */
  readonly limitMs?: number;
}

export type OpenaiLimit = Pick<OpenaiQuestion, 'signal' | 'limitMs'>;

/** HTTP towards one server. */
export interface OpenaiClient {
  readonly address: string;
  /** How sentences name it: "the server at gpu-1:8000". */
  readonly server: string;
  /** Sends a request and resolves with an answer of status 200. Throws what another status means; network failures come through as they are. */
  call(call: OpenaiCall): Promise<HttpResponse>;
  /** Gives questions one limit together; what is not answered within it is `unreachable`. Their own limits hold as well. */
  within<T>(limit: OpenaiLimit, ask: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** Asks for one JSON object. A question that is not answered within its limit is `unreachable`. */
  ask(question: OpenaiQuestion): Promise<Fields>;
}

export interface OpenaiClientSetup {
  readonly address: ServerAddress;
  /** Sent as a bearer token to that server alone; never part of a message. */
  readonly apiKey: string | undefined;
  readonly network: Network;
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
}

const MAX_BODY_BYTES = 33_554_432;

async function readText(body: AsyncIterable<Uint8Array>, server: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES)
      throw new EngineError('protocol', `More than ${MAX_BODY_BYTES.toLocaleString('en')} bytes came from ${server}.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, bytes).toString('utf8');
}

export function createOpenaiClient({ address, apiKey, network, clock, connectTimeoutMs }: OpenaiClientSetup): OpenaiClient {
  const server = `the server at ${new URL(address.shown).host}`;
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
  };
  const withoutKey = (text: string): string => (apiKey === undefined ? text : text.replaceAll(apiKey, '…'));

  async function call({ path, body, model, signal }: OpenaiCall): Promise<HttpResponse> {
    const url = path.startsWith('/v1/') ? `${address.api}${path.slice('/v1'.length)}` : `${address.server}${path}`;
    const response = await network.request({
      method: body === undefined ? 'GET' : 'POST',
      url,
      headers,
      ...(body === undefined ? {} : { body }),
      signal,
      connectTimeoutMs,
    });
    if (response.status === 200) return response;
    throw toEngineError({
      status: response.status,
      body: withoutKey(await readText(response.body, server)),
      model: model ?? 'this model',
      server,
      retryAfterSeconds: toRetryAfter(response.headers['retry-after'], clock.now()),
    });
  }

  async function askOnce({ path, body, model }: OpenaiQuestion, signal: AbortSignal): Promise<Fields> {
    const response = await call({ path, signal, ...(body === undefined ? {} : { body }), ...(model === undefined ? {} : { model }) });
    const text = withoutKey(await readText(response.body, server));
    const fields = parseFields(text);
    if (fields === undefined) throw new EngineError('protocol', `What answers as ${server} speaks another protocol: no JSON came.`);
    if (fields['error'] !== undefined && fields['error'] !== null)
      throw toEngineError({ status: 200, body: text, model: model ?? 'this model', server });
    return fields;
  }

  async function within<T>({ signal, limitMs }: OpenaiLimit, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    const controller = new AbortController();
    const onAbort = (): void => controller.abort(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    using _timer =
      limitMs === undefined
        ? undefined
        : clock.after(limitMs, () =>
            controller.abort(new EngineError('unreachable', `No answer came from ${server} within ${limitMs / 1_000} s.`)),
          );
    try {
      return await run(controller.signal);
    } catch (error) {
      throw toUnreachable(error, server);
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  return {
    address: address.shown,
    server,
    call,
    within,
    ask: (question) => within(question, (signal) => askOnce(question, signal)),
  };
}
