import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import { Problem, REFUSAL_HEADER } from '@pilotlight/contract';

import { toProblemDocument } from '../problem-document.ts';
import { SECURITY_HEADERS } from '../security-headers.ts';

const MAX_HEADER_BYTES = 16 * 1024;

/** Limits on what a client may take to say what it wants. There is none on how long an answer takes: loading a model may need minutes. */
const TIMEOUTS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
  keepAliveTimeout: 72_000,
} as const;
const MOST_CONNECTIONS = 2_000;

export type Timeouts = { readonly [Name in keyof typeof TIMEOUTS]: number };

/** Node's server with every limit set by us and none left to a default. */
export function createNodeServer(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  timeouts: Timeouts = TIMEOUTS,
): Server {
  const server = createServer(
    {
      ...timeouts,
      maxHeaderSize: MAX_HEADER_BYTES,
      insecureHTTPParser: false,
      requireHostHeader: false,
      joinDuplicateHeaders: false,
      noDelay: true,
    },
    listener,
  );
  server.timeout = 0;
  server.maxRequestsPerSocket = 0;
  server.maxConnections = MOST_CONNECTIONS;
  server.on('clientError', answerBrokenRequest);
  // `Expect: 100-continue` is answered by Node; any other expectation is refused here instead of with an empty 417.
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    writeProblem(
      response,
      new Problem('invalid_request', 'The Expect header asks for something that this server does not do.', { field: 'Expect' }),
    );
  });
  return server;
}

/** A problem as a whole answer, below the framework. The connection is closed, as a body may still be on its way. */
export function writeProblem(response: ServerResponse, problem: Problem, requestId?: string): void {
  const body = JSON.stringify(toProblemDocument(problem, requestId));
  response.writeHead(problem.status, {
    ...SECURITY_HEADERS,
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    connection: 'close',
    ...(problem.retryAfterSeconds === undefined ? {} : { 'retry-after': String(problem.retryAfterSeconds) }),
    ...(typeof problem.facts['reason'] === 'string' ? { [REFUSAL_HEADER]: problem.facts['reason'] } : {}),
    ...(problem.code === 'unauthorized' ? { 'www-authenticate': 'Bearer realm="Pilotlight"' } : {}),
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

/** What the parser could not read as HTTP. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const problem = toParserProblem(error.code);
  const body = JSON.stringify(toProblemDocument(problem));
  const headers = {
    ...SECURITY_HEADERS,
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${problem.status === 413 ? 'Content Too Large' : 'Bad Request'}\r\n${head.join('')}\r\n${body}`);
}

function toParserProblem(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new Problem('body_too_large', 'The headers and the address together are larger than 16 KB.', { field: 'headers' });
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem('invalid_request', 'The request was not complete after 30 s.');
  return new Problem('invalid_request', 'The request is not valid HTTP.');
}
