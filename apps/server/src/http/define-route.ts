import type { ProblemCode } from '@pilotlight/contract';
import type { z } from 'zod';

import type { Services } from './services.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One event of a stream, its data already JSON. */
export interface StreamEvent {
  /** What `Last-Event-ID` resumes from; absent where a stream cannot be resumed. */
  readonly id?: number;
  readonly type: string;
  readonly json: string;
}

/** What a handler gives back. */
export type Answer =
  | { readonly kind: 'json'; readonly status: number; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'empty'; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'text'; readonly contentType: string; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'bytes'; readonly contentType: string; readonly body: Uint8Array; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'events'; readonly events: AsyncIterable<StreamEvent> };

export interface RouteRequest<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Of a route that takes a file: its bytes as they arrive. Leaving the loop early is no reason to cut the connection. */
  readonly file: AsyncIterable<Uint8Array>;
  readonly requestId: string;
  /** The address at the other end of the socket; no header changes it. */
  readonly remote: string;
  /** One header of the request, its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** Aborts when the client has left, or the server stops the exchange. */
  readonly signal: AbortSignal;
}

export interface AnswerSpec {
  readonly description: string;
  /** What the JSON body, or each event of a stream, looks like. */
  readonly schema?: z.ZodType;
  /** `application/json` unless named. */
  readonly contentType?: string;
  /** The type of text that can be asked for in place of it. */
  readonly orText?: string;
}

/** Who may call: `open` without a token, `token` with it (where one is set). */
export type Access = 'open' | 'token';

interface RouteFacts {
  readonly method: Method;
  /** As OpenAPI writes it: `/api/models/{name}`. */
  readonly path: `/${string}`;
  readonly family: string;
  /** What it does, in a few words. */
  readonly summary: string;
  /** What else there is to know. */
  readonly description?: string;
  readonly answers: Readonly<Record<number, AnswerSpec>>;
  /** The problems that are its own; those of every request are added. */
  readonly problems: readonly ProblemCode[];
  readonly access?: Access;
  /** Of the body, where the limits of all (2 MB, 64 levels) do not fit. */
  readonly bodyLimits?: { readonly bytes: number; readonly depth: number };
  /** The body is a file, sent as `application/octet-stream`; its handler bounds it. */
  readonly takesFile?: true;
  /** Takes long: after 15 s blanks are sent before the body, so that nothing between cuts the connection. */
  readonly isSlow?: true;
}

interface RouteSpec<Params extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> extends RouteFacts {
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly handle: (request: RouteRequest<z.infer<Params>, z.infer<Query>, z.infer<Body>>, services: Services) => Answer | Promise<Answer>;
}

/** A route as data: registration, checks, `/openapi.json` and `/docs` are all made from it. */
export interface Route extends RouteFacts {
  readonly params: z.ZodType | undefined;
  readonly query: z.ZodType | undefined;
  readonly body: z.ZodType | undefined;
  /** Must not be reached by a GET, an image, or a page of another origin. */
  readonly stateChanging: boolean;
  readonly isStream: boolean;
  readonly handle: (request: RouteRequest<unknown, unknown, unknown>, services: Services) => Answer | Promise<Answer>;
}

const EVENT_STREAM = 'text/event-stream';

/** Makes a route; the handler sees what the schemas let through, with its types. */
export function defineRoute<
  Params extends z.ZodType = z.ZodUndefined,
  Query extends z.ZodType = z.ZodUndefined,
  Body extends z.ZodType = z.ZodUndefined,
>(spec: RouteSpec<Params, Query, Body>): Route {
  return {
    ...spec,
    params: spec.params,
    query: spec.query,
    body: spec.body,
    stateChanging: spec.method !== 'GET',
    isStream: Object.values(spec.answers).some((answer) => answer.contentType === EVENT_STREAM),
    // Registration hands in only what the schemas above have parsed.
    handle: spec.handle as Route['handle'],
  };
}

export function json(body: unknown, status = 200): Answer {
  return { kind: 'json', status, body };
}

export function events(stream: AsyncIterable<StreamEvent>): Answer {
  return { kind: 'events', events: stream };
}

/** The answers of a route whose events are like this. */
export function eventStreamOf(schema: z.ZodType, description: string): Readonly<Record<number, AnswerSpec>> {
  return { 200: { description, schema, contentType: EVENT_STREAM } };
}
