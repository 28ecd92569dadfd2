import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sleep } from '@pilotlight/contract';
import type { Clock } from '@pilotlight/contract';

/** One request for an answer, as the script of a server sees it. */
export interface UpstreamExchange {
  /** Counted from 1. */
  readonly attempt: number;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  /** Tokens from the one number to before the other. */
  tokens(from: number, to: number): void;
  /** The chunk with the `finish_reason`, usage, and `[DONE]` if it is wanted. */
  finish(withDone?: boolean): void;
  frame(text: string): void;
  refuse(status: number, error: object, headers?: Readonly<Record<string, string>>): void;
  /** The connection is reset. */
  reset(): void;
  /** The connection closes without the last chunk of HTTP. */
  cut(): void;
  end(): void;
  /** On the clock of the test. */
  sleep(ms: number): Promise<void>;
}

export type UpstreamScript = (exchange: UpstreamExchange) => void | Promise<void>;

/** A server with one model that speaks the API of OpenAI and answers by a script. */
export interface ScriptedUpstream extends AsyncDisposable {
  readonly url: string;
  /** When each request for an answer came, warm-ups left out, on the clock of the test. */
  readonly attempts: readonly number[];
  /** Answers by this from now on. */
  play(script: UpstreamScript): void;
}

/** The answer that every scenario is about. */
export const WHOLE_ANSWER = Array.from({ length: 60 }, (_, index) => `w${index} `).join('');

interface Body {
  readonly max_tokens?: number;
  readonly messages: UpstreamExchange['messages'];
}

const USAGE = { prompt_tokens: 7, completion_tokens: 60, total_tokens: 67 };

function toExchange(response: ServerResponse, { body, attempt, clock }: { body: Body; attempt: number; clock: Clock }): UpstreamExchange {
  function write(text: string): void {
    if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${text}\n\n`);
  }
  const choice = (delta: object, reason: string | null): string =>
    JSON.stringify({ choices: [{ index: 0, delta, finish_reason: reason }] });
  return {
    attempt,
    messages: body.messages,
    tokens(from, to) {
      for (let index = from; index < to; index += 1) write(choice({ content: `w${index} ` }, null));
    },
    finish(withDone = true) {
      write(choice({}, 'stop'));
      write(JSON.stringify({ choices: [], usage: USAGE }));
      if (withDone) write('[DONE]');
      response.end();
    },
    frame: write,
    refuse(status, error, headers = {}) {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify({ error }));
    },
    reset: () => void response.socket?.resetAndDestroy(),
    // What was written in the same turn is still on its way to the socket.
    cut: () => void setImmediate(() => response.socket?.destroySoon()),
    end: () => void response.end(),
    sleep: (ms) => sleep(clock, ms),
  };
}

/** Starts one on the loopback interface. Warm-ups, known by their one token, are always answered. */
export async function startScriptedUpstream(model: string, clock: Clock): Promise<ScriptedUpstream> {
  const attempts: number[] = [];
  let script: UpstreamScript = (exchange) => {
    exchange.tokens(0, 60);
    exchange.finish();
  };
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      const isList = request.url === '/v1/models';
      response.writeHead(isList ? 200 : 404, { 'content-type': 'application/json' });
      response.end(isList ? JSON.stringify({ object: 'list', data: [{ id: model, object: 'model', owned_by: 'test' }] }) : '{}');
      return;
    }
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = JSON.parse(Buffer.concat(pieces).toString()) as Body;
    if (body.max_tokens === 1) {
      const warming = toExchange(response, { body, attempt: 0, clock });
      warming.tokens(0, 1);
      warming.finish();
      return;
    }
    attempts.push(clock.monotonic());
    await script(toExchange(response, { body, attempt: attempts.length, clock }));
  }
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    attempts,
    play(given) {
      script = given;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
