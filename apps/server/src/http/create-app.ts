import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import { Problem } from '@pilotlight/contract';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

import type { WriteLog } from '../log/log-events.ts';
import { createNodeServer, writeProblem } from './adapters/node-server.ts';
import type { Route } from './define-route.ts';
import { admit, MAX_URL_LENGTH, newRequestId, pathOf } from './exchange.ts';
import { logProblem } from './log-problem.ts';
import { toProblem } from './problem-document.ts';
import { readJson } from './read-json.ts';
import { registerRoute } from './register-route.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import type { Services } from './services.ts';
import { createStreamLimits } from './stream-limits.ts';

const MAX_BODY_BYTES = 2 * 1024 * 1024;
/** A page for people, to which others may link; unlike the files of the app it needs the token. */
const DOCS_PATH = '/docs';
/** What the page says better than a problem document, where a person looks. */
const SHOWN_BY_THE_PAGE: ReadonlySet<string> = new Set(['not_found', 'unauthorized']);
const STREAMS_IN_ALL = 1_000;
const STREAMS_PER_REMOTE = 300;

/** Answers pages and their files; undefined: there is no such file. */
export interface Pages {
  has(path: string): boolean;
  /** Writes the whole answer. */
  serve(request: IncomingMessage, response: ServerResponse): void;
  /** For a person at an address where nothing is, or that asks for a token: the page, which says so. False: nothing was written. */
  serveInstead(request: IncomingMessage, response: ServerResponse, status: number): boolean;
}

export interface AppOptions {
  readonly routes: readonly Route[];
  readonly services: Services;
  readonly pages: Pages;
  readonly allowedHosts: () => ReadonlySet<string>;
  readonly log: WriteLog;
}

export interface App {
  readonly server: Server;
  readonly fastify: FastifyInstance;
}

/** The HTTP side of the server, not yet listening: a door that everything goes through, the routes of the table, and the pages. */
export function createApp({ routes, services, pages, allowedHosts, log }: AppOptions): App {
  const ids = new WeakMap<IncomingMessage, string>();
  const openPaths = new Set<string>(routes.filter((route) => route.access === 'open').map((route) => route.path));
  const door = {
    allowedHosts,
    sessions: services.sessions,
    isPage: (path: string) => pages.has(path) || path === DOCS_PATH,
    isOpen: (path: string) => openPaths.has(path) || pages.has(path),
  };

  function refuse(request: IncomingMessage, response: ServerResponse, problem: Problem): void {
    const requestId = ids.get(request);
    logProblem(log, problem, { method: request.method ?? '', path: pathOf(request.url ?? ''), requestId });
    if (response.headersSent) response.destroy();
    else if (SHOWN_BY_THE_PAGE.has(problem.code) && pages.serveInstead(request, response, problem.status)) return;
    else writeProblem(response, problem, requestId);
  }

  function comeIn(handler: (request: IncomingMessage, response: ServerResponse) => void) {
    return (request: IncomingMessage, response: ServerResponse): void => {
      ids.set(request, newRequestId(services.randomness));
      const { method = '', url: target = '', rawHeaders } = request;
      try {
        const remote = request.socket.remoteAddress ?? '';
        admit({ method, target, rawHeaders, remote, header: (name) => headerOf(request, name) }, door);
        for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
        if ((method === 'GET' || method === 'HEAD') && pages.has(pathOf(target))) pages.serve(request, response);
        else handler(request, response);
      } catch (error) {
        refuse(request, response, toProblem(error));
      }
    };
  }

  /** Those that the address takes, of a route or of the page. */
  function methodsOf(path: string): readonly string[] {
    return pages.has(path) ? ['GET'] : routes.filter((route) => patternOf(route.path).test(path)).map((route) => route.method);
  }

  let server: Server | undefined;
  const app = fastify({
    serverFactory: (handler) => (server = createNodeServer(comeIn(handler))),
    genReqId: (raw) => ids.get(raw) ?? '',
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: false,
    exposeHeadRoutes: false,
    logger: false,
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    routerOptions: { maxParamLength: MAX_URL_LENGTH },
    frameworkErrors: (error, request, reply) => {
      reply.hijack();
      refuse(request.raw, reply.raw, toProblem(error));
    },
  });
  if (!server) throw new Error('the framework made no server');

  addBodies(app);
  app.setErrorHandler((error, request, reply) => {
    reply.hijack();
    refuse(request.raw, reply.raw, toProblem(error));
  });
  app.setNotFoundHandler((request, reply) => {
    reply.hijack();
    const { problem, allow } = toUnknown(methodsOf(pathOf(request.raw.url ?? '')));
    if (allow !== undefined) reply.raw.setHeader('allow', allow);
    refuse(request.raw, reply.raw, problem);
  });
  const limits = createStreamLimits({ total: STREAMS_IN_ALL, perRemote: STREAMS_PER_REMOTE });
  for (const route of routes) registerRoute(app, route, { services, limits, log });
  return { server, fastify: app };
}

/** The routes check bodies by schemas of their own. Left to itself the framework loads two compilers that nobody calls: 8 MB, and 40 ms of each start. */
function noCompiler(): never {
  throw new Error('a route was given a schema of the framework');
}

/** What a body may be: JSON, or, for the routes that take one, a file. */
function addBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(/^application\/json(?:; *charset=utf-8)?$/i, { parseAs: 'buffer' }, (request, body, done) => {
    try {
      const { maxDepth } = request.routeOptions.config as { readonly maxDepth?: number };
      done(null, readJson(body, maxDepth));
    } catch (error) {
      done(toProblem(error));
    }
  });
  app.addContentTypeParser('application/octet-stream', (request, payload, done) => {
    const { takesFile } = request.routeOptions.config as { readonly takesFile?: true };
    if (takesFile === true) done(null, payload);
    else done(new Problem('unsupported_media_type', 'The body is not declared as JSON.', { field: 'Content-Type' }));
  });
}

/** An address of ours that is asked in another way is 405 with the methods that it takes; anything else is 404. */
function toUnknown(methods: readonly string[]): { readonly problem: Problem; readonly allow: string | undefined } {
  if (methods.length === 0)
    return { problem: new Problem('not_found', 'No route and no file has this address.', { field: 'path' }), allow: undefined };
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ');
  return {
    problem: new Problem('method_not_allowed', `This address takes ${allow}.`, { field: 'method', facts: { allow: allow.split(', ') } }),
    allow,
  };
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{[a-z_]+\}/g, '[^/]+')}$`);
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
