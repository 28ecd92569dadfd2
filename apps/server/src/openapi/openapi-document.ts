import { PROBLEMS, problemDetailsSchema } from '@pilotlight/contract';
import type { ProblemCode } from '@pilotlight/contract';
import type { z } from 'zod';

import type { AnswerSpec, Route } from '../http/define-route.ts';
import { createSchemaBook } from './schema-names.ts';
import type { SchemaBook } from './schema-names.ts';

/** Problems that any request may meet. */
const EVERYWHERE: readonly ProblemCode[] = ['invalid_request', 'unauthorized', 'host_not_allowed', 'origin_not_allowed', 'internal_error'];
const WITH_TOKEN: readonly ProblemCode[] = ['too_many_attempts'];
const WITH_FILE: readonly ProblemCode[] = ['unsupported_media_type'];
const WITH_BODY: readonly ProblemCode[] = ['invalid_json', 'body_too_large', 'unsupported_media_type'];

/** A body that is a file. */
const FILE_BODY = {
  required: true,
  content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } },
};

type Json = Readonly<Record<string, unknown>>;

/** The routes as an OpenAPI 3.1 document. */
export function toOpenApiDocument(routes: readonly Route[], version: string): Json {
  const book = createSchemaBook();
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: toOperation(route, book) };
  }
  const families = [...new Set(routes.map((route) => route.family))];
  book.refer(problemDetailsSchema, 'output');
  return {
    openapi: '3.1.1',
    info: {
      title: 'Pilotlight',
      version,
      description: 'The native API. Errors are problem documents (RFC 9457) with a stable code and what to do about it.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{}, { token: [] }, { session: [] }],
    tags: families.map((name) => ({ name })),
    paths,
    components: {
      schemas: book.components(),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'The value of PILOTLIGHT_TOKEN, where one is set.' },
        session: { type: 'apiKey', in: 'cookie', name: 'pilotlight_session', description: 'Set by POST /api/session, for browsers.' },
      },
    },
  };
}

/** All problems that a request to this route may meet, its own first. */
export function problemsOf(route: Route): readonly ProblemCode[] {
  const takesBody = route.takesFile === true ? WITH_FILE : route.body === undefined ? [] : WITH_BODY;
  const needsToken = route.access === 'open' ? [] : WITH_TOKEN;
  const stores: readonly ProblemCode[] = route.stateChanging && route.problems.includes('storage_unavailable') ? ['storage_full'] : [];
  return [...new Set([...route.problems, ...stores, ...takesBody, ...needsToken, ...EVERYWHERE])];
}

function toOperation(route: Route, book: SchemaBook): Json {
  return {
    operationId: toOperationId(route),
    tags: [route.family],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(route.access === 'open' ? { security: [] } : {}),
    parameters: [...toParameters(route.params, 'path', book), ...toParameters(route.query, 'query', book)],
    ...(route.takesFile === true && { requestBody: FILE_BODY }),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: {
            required: !route.body.safeParse(undefined).success,
            content: { 'application/json': { schema: book.refer(route.body, 'input') } },
          },
        }),
    responses: { ...toAnswers(route, book), ...toProblemAnswers(route, book) },
  };
}

/** `POST /api/models/{name}/load` is `post_api_models_name_load`. */
function toOperationId(route: Route): string {
  return `${route.method.toLowerCase()}${route.path.replaceAll(/[^A-Za-z0-9]+/g, '_').replace(/_$/, '')}`;
}

function toParameters(schema: z.ZodType | undefined, place: 'path' | 'query', book: SchemaBook): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = book.refer(schema, 'input') as { properties?: Json; required?: readonly string[] };
  return Object.entries(properties).map(([name, inner]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: inner,
  }));
}

function toAnswers(route: Route, book: SchemaBook): Json {
  return Object.fromEntries(Object.entries(route.answers).map(([status, answer]) => [status, toAnswer(answer, book)]));
}

function toAnswer({ description, schema, contentType = 'application/json', orText }: AnswerSpec, book: SchemaBook): Json {
  if (!schema) return { description };
  const content =
    contentType === 'text/event-stream'
      ? { schema: { type: 'string' }, 'x-event-data': book.refer(schema, 'output') }
      : { schema: book.refer(schema, 'output') };
  return {
    description,
    content: { [contentType]: content, ...(orText === undefined ? {} : { [orText]: { schema: { type: 'string' } } }) },
  };
}

/** Problems with the same status share an answer. */
function toProblemAnswers(route: Route, book: SchemaBook): Json {
  const byStatus = Map.groupBy(problemsOf(route), (code) => PROBLEMS[code].status);
  const answers = [...byStatus].map(([status, codes]) => {
    const own = route.answers[status]?.schema;
    const problem = { 'application/problem+json': { schema: book.refer(problemDetailsSchema, 'output') } };
    const content = own ? { 'application/json': { schema: book.refer(own, 'output') }, ...problem } : problem;
    return [String(status), { description: codes.map((code) => `${code}: ${PROBLEMS[code].title}`).join('; '), content }];
  });
  return Object.fromEntries(answers) as Json;
}
