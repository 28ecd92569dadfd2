import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

import { Problem } from '@pilotlight/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';

import type { WriteLog } from '../log/log-events.ts';
import { createResponseSink } from './adapters/response-sink.ts';
import type { Answer, Route, RouteRequest, StreamEvent } from './define-route.ts';
import { EVENT_STREAM_HEADERS, pumpEvents } from './event-stream.ts';
import type { Services } from './services.ts';
import { answerSlowly } from './slow-answer.ts';
import type { StreamLimits } from './stream-limits.ts';
import { validate } from './validate.ts';

interface Surroundings {
  readonly services: Services;
  readonly limits: StreamLimits;
  readonly log: WriteLog;
}

/** One for all: making an error for each client that leaves costs more than it tells. */
const LEFT = new Error('the client has left');

/** So long a stream may take to fail with a status of its own, before its headers are sent. */
const FIRST_EVENT_MS = 200;

/** Puts one route of the table into the framework. */
export function registerRoute(app: FastifyInstance, route: Route, surroundings: Surroundings): void {
  app.route({
    method: route.method,
    url: route.path.replaceAll(/\{([a-z_]+)\}/g, ':$1'),
    ...(route.bodyLimits === undefined ? {} : { bodyLimit: route.bodyLimits.bytes, config: { maxDepth: route.bodyLimits.depth } }),
    ...(route.takesFile === true && { config: { takesFile: true } }),
    exposeHeadRoute: route.method === 'GET' && !route.isStream,
    handler: async (request, reply) => {
      const left = new AbortController();
      const { services } = surroundings;
      const parsed = toRouteRequest(route, request, left.signal);
      onLeave(reply.raw, () => left.abort(LEFT));
      if (route.isSlow) {
        reply.hijack();
        const outcome = (async () => route.handle(parsed, services))();
        await answerSlowly(outcome, reply.raw, { clock: services.clock, request: parsed, log: surroundings.log });
        return;
      }
      // The place comes first: a stream that is refused must have started nothing.
      using _place = route.isStream ? surroundings.limits.take(parsed.remote) : undefined;
      const answer = await route.handle(parsed, services);
      if (answer.kind === 'events') await sendEvents(answer.events, { reply, request: parsed, surroundings });
      else send(reply, answer);
    },
  });
}

function toRouteRequest(route: Route, request: FastifyRequest, signal: AbortSignal): RouteRequest<unknown, unknown, unknown> {
  if (
    route.stateChanging &&
    route.body === undefined &&
    route.takesFile !== true &&
    request.body !== undefined &&
    !isEmptyObject(request.body)
  ) {
    throw new Problem('invalid_request', 'This address takes no body.', { field: 'body' });
  }
  return {
    params: validate(route.params, request.params, 'path'),
    query: validateQuery(route, request.query),
    body: route.body === undefined ? undefined : validateBody(route.body, request.body),
    file: route.takesFile === true ? toFile(request.body) : NO_FILE,
    requestId: request.id,
    remote: request.raw.socket.remoteAddress ?? '',
    header: (name) => singleHeader(request.raw, name),
    signal,
  };
}

const NO_FILE: AsyncIterable<Uint8Array> = {
  async *[Symbol.asyncIterator]() {},
};

function toFile(body: unknown): AsyncIterable<Uint8Array> {
  if (body === undefined) throw new Problem('invalid_request', 'The body is empty: send the file itself.', { field: 'body' });
  if (!(body instanceof Readable)) {
    throw new Problem('unsupported_media_type', 'Send the file itself as "Content-Type: application/octet-stream".', {
      field: 'Content-Type',
    });
  }
  // What is refused half-way must still be answered.
  return { [Symbol.asyncIterator]: () => body.iterator({ destroyOnReturn: false }) };
}

function validateQuery(route: Route, query: unknown): unknown {
  if (route.query) return validate(route.query, query, 'query');
  const [unknown] = Object.keys(typeof query === 'object' && query !== null ? query : {});
  if (unknown !== undefined) throw new Problem('invalid_request', 'This address takes no query.', { field: unknown.slice(0, 100) });
  return undefined;
}

function validateBody(schema: z.ZodType, body: unknown): unknown {
  if (body === undefined && !schema.safeParse(undefined).success)
    throw new Problem('invalid_json', 'The body is empty.', { field: 'body' });
  return validate(schema, body, 'body');
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

function singleHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Calls back once if the other side goes before its answer is whole. */
function onLeave(response: ServerResponse, callback: () => void): void {
  response.once('close', () => {
    if (!response.writableFinished) callback();
  });
}

function send(reply: FastifyReply, answer: Exclude<Answer, { kind: 'events' }>): void {
  reply.header('cache-control', 'no-store');
  switch (answer.kind) {
    case 'json':
      if (answer.headers) reply.headers({ ...answer.headers });
      reply.code(answer.status).type('application/json; charset=utf-8').send(JSON.stringify(answer.body));
      return;
    case 'empty':
      if (answer.headers) reply.headers({ ...answer.headers });
      reply.code(204).send();
      return;
    case 'bytes':
      if (answer.headers) reply.headers({ ...answer.headers });
      reply.type(answer.contentType).send(Buffer.from(answer.body.buffer, answer.body.byteOffset, answer.body.byteLength));
      return;
    case 'text':
      if (answer.headers) reply.headers({ ...answer.headers });
      reply.type(answer.contentType).send(answer.body);
  }
}

interface Exchange {
  readonly reply: FastifyReply;
  readonly request: RouteRequest<unknown, unknown, unknown>;
  readonly surroundings: Surroundings;
}

async function sendEvents(source: AsyncIterable<StreamEvent>, { reply, request, surroundings }: Exchange): Promise<void> {
  const { services, log } = surroundings;
  const iterator = source[Symbol.asyncIterator]();
  const first = iterator.next();
  // A stream that fails at once gets a status of its own; one that is silent at first must not wait for its headers.
  const { promise: waited, resolve } = Promise.withResolvers<void>();
  const timer = services.clock.after(FIRST_EVENT_MS, resolve);
  let isSilent = true;
  try {
    isSilent = await Promise.race([first.then(() => false), waited.then(() => true)]);
  } finally {
    timer[Symbol.dispose]();
  }
  reply.hijack();
  const response = reply.raw;
  response.writeHead(200, EVENT_STREAM_HEADERS);
  // With an event at hand the head goes out together with it.
  if (isSilent) response.flushHeaders();
  try {
    await pumpEvents({ iterator, first, sink: createResponseSink(response), clock: services.clock, signal: request.signal });
  } catch (error) {
    log('stream_broke', { facts: { request_id: request.requestId, path: reply.request.routeOptions.url }, cause: error });
  }
}
