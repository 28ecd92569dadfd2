import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { HttpFailure } from './http-failure.ts';

/** One request and its answer, down to the pieces in which the body leaves. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  header(name: string): string | undefined;
  /** For the head of the answer. */
  setHeader(name: string, value: string): void;
  /** Aborted when the client has left before the end. */
  readonly signal: AbortSignal;
  readonly started: boolean;
  json(): Promise<Readonly<Record<string, unknown>>>;
  /** A whole answer. */
  send(status: number, body: unknown, contentType?: string): void;
  /** Begins a body of chunks. */
  open(contentType: string): void;
  /** Sends each buffer as one chunk; resolves when there is room for more. */
  write(chunks: readonly Buffer[]): Promise<void>;
  /** Sends the last chunk. */
  end(): void;
  /** Closes the connection without it. */
  cut(): void;
  reset(): void;
  /** From now on every byte is a chunk of its own. */
  slice(): void;
}

const CRLF = Buffer.from('\r\n');

const coded = new WeakMap<Buffer, Buffer>();

/** A buffer as one chunk of HTTP's chunked coding; equal buffers are coded once. */
function toChunk(data: Buffer): Buffer {
  const known = coded.get(data);
  if (known !== undefined) return known;
  const chunk = Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, CRLF]);
  coded.set(data, chunk);
  return chunk;
}

async function readJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  if (pieces.length === 0) throw new HttpFailure(400, 'missing request body');
  try {
    return JSON.parse(Buffer.concat(pieces).toString()) as Readonly<Record<string, unknown>>;
  } catch {
    throw new HttpFailure(400, 'unexpected EOF');
  }
}

export function createExchange(request: IncomingMessage, response: ServerResponse): Exchange {
  const left = new AbortController();
  let sliced = false;
  response.on('close', () => {
    if (!response.writableFinished) left.abort(new Error('the client left'));
  });

  return {
    method: request.method ?? 'GET',
    path: (request.url ?? '/').split('?')[0] ?? '/',
    query: new URLSearchParams((request.url ?? '/').split('?')[1] ?? ''),
    header: (name) => request.headers[name]?.toString(),
    setHeader: (name, value) => void response.setHeader(name, value),
    signal: left.signal,
    get started() {
      return response.headersSent;
    },
    json: () => readJson(request),
    send(status, body, contentType = 'application/json; charset=utf-8') {
      if (response.headersSent || left.signal.aborted) return;
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) });
      response.end(text);
    },
    open(contentType) {
      if (response.headersSent) return;
      response.writeHead(200, { 'content-type': contentType, 'transfer-encoding': 'chunked' });
      response.flushHeaders();
    },
    async write(chunks) {
      const { socket } = response;
      if (left.signal.aborted || socket === null || socket.destroyed) return;
      const sent = sliced ? chunks.flatMap((chunk) => [...chunk].map((byte) => toChunk(Buffer.from([byte])))) : chunks.map(toChunk);
      if (!socket.write(sent.length === 1 && sent[0] !== undefined ? sent[0] : Buffer.concat(sent))) {
        await once(socket, 'drain', { signal: left.signal }).catch(() => {});
      }
    },
    end: () => void response.end(),
    cut() {
      response.socket?.destroySoon();
    },
    reset() {
      response.socket?.resetAndDestroy();
    },
    slice() {
      sliced = true;
    },
  };
}
