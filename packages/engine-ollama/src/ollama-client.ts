import { EngineError } from '@pilotlight/contract';
import type { Clock, HttpResponse, Network } from '@pilotlight/contract';
import { parseFields } from '@pilotlight/engine-http';
import type { Fields } from '@pilotlight/engine-http';

import { toEngineError } from './to-engine-error.ts';
import { toUnreachable } from './to-unreachable.ts';

export interface OllamaCall {
  readonly path: string;
  /** Makes it a POST. */
  readonly body?: string;
  /** For messages. */
  readonly model?: string;
  readonly signal: AbortSignal;
}

export interface OllamaQuestion {
  readonly path: string;
  readonly body?: string;
  readonly model?: string;
  readonly signal?: AbortSignal | undefined;
  /** Absent: as long as it takes. */
  readonly limitMs?: number;
}

/** HTTP towards one Ollama. */
export interface OllamaClient {
  readonly address: string;
  /** Sends a request and resolves with an answer of status 200. Throws what another status means; network failures come through as they are. */
  call(call: OllamaCall): Promise<HttpResponse>;
  /** Asks for one JSON object. A question that is not answered within its limit is `unreachable`. */
  ask(question: OllamaQuestion): Promise<Fields>;
}

export interface OllamaClientSetup {
  /** Without a slash at its end: `http://127.0.0.1:11434`. */
  readonly address: string;
  readonly network: Network;
  readonly clock: Clock;
  readonly connectTimeoutMs: number;
}

const MAX_BODY_BYTES = 33_554_432;
const HEADERS = { 'content-type': 'application/json', accept: 'application/json, application/x-ndjson' };

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > MAX_BODY_BYTES) throw new EngineError('protocol', `Ollama sent more than ${MAX_BODY_BYTES.toLocaleString('en')} bytes.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, bytes).toString('utf8');
}

export function createOllamaClient({ address, network, clock, connectTimeoutMs }: OllamaClientSetup): OllamaClient {
  async function call({ path, body, model, signal }: OllamaCall): Promise<HttpResponse> {
    const response = await network.request({
      method: body === undefined ? 'GET' : 'POST',
      url: `${address}${path}`,
      headers: HEADERS,
      ...(body === undefined ? {} : { body }),
      signal,
      connectTimeoutMs,
    });
    if (response.status === 200) return response;
    const { status, headers } = response;
    throw toEngineError({ status, body: await readText(response.body), model: model ?? 'this model', retryAfter: headers['retry-after'] });
  }

  async function askOnce(question: OllamaQuestion, signal: AbortSignal): Promise<Fields> {
    const { path, body, model } = question;
    const response = await call({ path, signal, ...(body === undefined ? {} : { body }), ...(model === undefined ? {} : { model }) });
    const fields = parseFields(await readText(response.body));
    if (fields === undefined) throw new EngineError('protocol', `What answers at ${address} is no Ollama: no JSON came.`);
    if (fields['error'] !== undefined) throw toEngineError({ status: 200, body: JSON.stringify(fields), model: model ?? 'this model' });
    return fields;
  }

  return {
    address,
    call,
    async ask(question) {
      const { signal, limitMs } = question;
      signal?.throwIfAborted();
      const controller = new AbortController();
      const onAbort = (): void => controller.abort(signal?.reason);
      signal?.addEventListener('abort', onAbort, { once: true });
      using _timer =
        limitMs === undefined
          ? undefined
          : clock.after(limitMs, () =>
              controller.abort(new EngineError('unreachable', `Ollama at ${address} did not answer within ${limitMs / 1_000} s.`)),
            );
      try {
        return await askOnce(question, controller.signal);
      } catch (error) {
        throw toUnreachable(error, address);
      } finally {
        signal?.removeEventListener('abort', onAbort);
      }
    },
  };
}
