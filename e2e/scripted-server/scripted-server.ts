import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import type { ConversationSummary, ConversationView, PageEvent, PostMessage, StreamPart } from '@pilotlight/contract';

import type { Scenario } from './scenario.ts';

const DIST = path.resolve(import.meta.dirname, '../../apps/web/dist');
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  /** Bodies of what was posted, oldest first. */
  readonly posted: readonly { readonly path: string; readonly body: unknown }[];
  play(scenario: Scenario): void;
  send(event: PageEvent): void;
  /** Adds parts to the log of a generation; open readers get them. */
  log(generation: string, ...parts: StreamPart[]): void;
  /** Cuts all streams, and answers nothing until it is back. */
  setAway(isAway: boolean): void;
  /** Lets the next posts fail that way: `cut` after it was taken, `refuse` with this problem. */
  failPosts(how: 'cut' | { readonly status: number; readonly code: string } | undefined): void;
}

/** Serves the built page, and beside it an API that says what a scenario says: the states of the page on demand, without models or waiting. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  const world = createWorld();
  const server = createServer((request, response) => void handle(world, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    posted: world.posted,
    play(scenario) {
      world.scenario = scenario;
      world.logs = new Map(Object.entries(scenario.logs).map(([id, parts]) => [id, [...parts]]));
      world.conversations = new Map(scenario.conversations.map((view) => [view.id, structuredClone(view)]));
      world.posted.length = 0;
    },
    send: (event) => sendAll(world, event),
    log: (generation, ...parts) => appendParts(world, generation, parts),
    setAway(isAway) {
      world.isAway = isAway;
      if (isAway) server.closeAllConnections();
    },
    failPosts(how) {
      world.postFailure = how;
    },
    [Symbol.asyncDispose]: () => close(server),
  };
}

interface World {
  scenario: Scenario | undefined;
  logs: Map<string, StreamPart[]>;
  conversations: Map<string, ConversationView>;
  isAway: boolean;
  postFailure: 'cut' | { readonly status: number; readonly code: string } | undefined;
  readonly posted: { path: string; body: unknown }[];
  readonly pages: Set<ServerResponse>;
  readonly readers: Map<string, Set<ServerResponse>>;
}

function createWorld(): World {
  return {
    scenario: undefined,
    logs: new Map(),
    conversations: new Map(),
    isAway: false,
    postFailure: undefined,
    posted: [],
    pages: new Set(),
    readers: new Map(),
  };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

async function handle(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (world.isAway) {
    request.socket.destroy();
    return;
  }
  if (!url.pathname.startsWith('/api/')) {
    sendFile(url.pathname, response);
    return;
  }
  if (world.scenario?.needsToken === true && url.pathname !== '/api/session') {
    sendProblem(response, 401, 'unauthorized');
    return;
  }
  if (request.method === 'GET') answerGet(world, url, response);
  else await answerChange(world, { request, url, response });
}

function sendFile(name: string, response: ServerResponse): void {
  const wanted = path.join(DIST, name);
  const file = wanted.startsWith(DIST) && existsSync(wanted) && statSync(wanted).isFile() ? wanted : path.join(DIST, 'index.html');
  response.writeHead(200, {
    'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream',
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  });
  createReadStream(file).pipe(response);
}

function answerGet(world: World, url: URL, response: ServerResponse): void {
  const [, , kind, id = '', part] = url.pathname.split('/');
  if (kind === 'events') openPage(world, response);
  else if (kind === 'conversations' && id === '') {
    const conversations = [...world.conversations.values()].map(toSummary);
    sendJson(response, { conversations: conversations.sort((one, other) => other.updated_at.localeCompare(one.updated_at)), next: null });
  } else if (kind === 'conversations' && id === 'search') answerSearch(world, response);
  else if (kind === 'conversations' && world.conversations.has(id)) sendJson(response, world.conversations.get(id));
  else if (kind === 'conversations') sendProblem(response, 404, 'conversation_not_found');
  else if (kind === 'generations' && part === 'events') openLog(world, id, { response, from: Number(url.searchParams.get('from') ?? 0) });
  else sendProblem(response, 404, 'not_found');
}

function answerSearch({ scenario }: World, response: ServerResponse): void {
  if (scenario?.hits === 'away') response.destroy();
  else sendJson(response, { hits: scenario?.hits ?? [], next: null });
}

function openPage(world: World, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  world.pages.add(response);
  response.on('close', () => world.pages.delete(response));
  if (world.scenario !== undefined) writeEvent(response, { type: 'models', ...world.scenario.models });
}

function openLog(world: World, id: string, { response, from }: { readonly response: ServerResponse; readonly from: number }): void {
  const log = world.logs.get(id);
  if (log === undefined) {
    sendProblem(response, 404, 'generation_not_found');
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  for (const [index, part] of log.slice(from).entries()) writeEvent(response, part, from + index);
  if (isOver(log)) {
    response.end();
    return;
  }
  const readers = world.readers.get(id) ?? new Set();
  world.readers.set(id, readers.add(response));
  response.on('close', () => readers.delete(response));
}

function isOver(log: readonly StreamPart[]): boolean {
  const last = log.at(-1)?.type;
  return last === 'finish' || last === 'error';
}

function appendParts(world: World, generation: string, parts: readonly StreamPart[]): void {
  const log = world.logs.get(generation) ?? [];
  world.logs.set(generation, log);
  for (const part of parts) {
    log.push(part);
    for (const reader of world.readers.get(generation) ?? []) writeEvent(reader, part, log.length - 1);
  }
  if (isOver(log)) for (const reader of world.readers.get(generation) ?? []) reader.end();
}

function sendAll(world: World, event: PageEvent): void {
  for (const page of world.pages) writeEvent(page, event);
}

function writeEvent(response: ServerResponse, event: { readonly type: string }, id?: number): void {
  response.write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

function toSummary({ id, title, created_at, updated_at, running_generation_id: running }: ConversationView): ConversationSummary {
  return { id, title, created_at, updated_at, ...(running === undefined ? {} : { running_generation_id: running }) };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly response: ServerResponse;
}

async function answerChange(world: World, { request, url, response }: Exchange): Promise<void> {
  const text = (await Array.fromAsync(request.setEncoding('utf8') as AsyncIterable<string>)).join('');
  const body: unknown = text === '' ? undefined : JSON.parse(text);
  world.posted.push({ path: url.pathname, body });
  const failing = world.postFailure;
  if (failing === 'cut') {
    request.socket.destroy();
    return;
  }
  if (failing !== undefined) {
    sendProblem(response, failing.status, failing.code);
    return;
  }
  const [, , kind, id = '', action, messageId = ''] = url.pathname.split('/');
  if (kind === 'conversations' && action === 'messages' && messageId === '')
    acceptMessage(world, { id, response, message: body as PostMessage });
  else if (request.method === 'PATCH') renameConversation(world, { id, response, title: (body as { title: string }).title });
  else if (request.method === 'DELETE') {
    world.conversations.delete(id);
    sendAll(world, { type: 'conversation_removed', id });
    response.writeHead(204).end();
  } else response.writeHead(204).end();
}

function acceptMessage(world: World, { id, response, message }: { id: string; response: ServerResponse; message: PostMessage }): void {
  const answerId = `a-${message.message_id}`;
  const generation = `g-${answerId}`;
  const view: ConversationView = world.conversations.get(id) ?? {
    id,
    title: message.text.slice(0, 60),
    created_at: new Date().toISOString(),
    updated_at: new Date().toISOString(),
    head_id: null,
    messages: [],
  };
  if (!world.logs.has(generation)) {
    const created_at = new Date().toISOString();
    view.messages.push(
      { id: message.message_id, parent_id: message.parent_id ?? null, role: 'user', content: message.text, created_at },
      {
        id: answerId,
        parent_id: message.message_id,
        role: 'assistant',
        content: '',
        created_at,
        state: 'running',
        generation_id: generation,
      },
    );
    world.conversations.set(id, { ...view, head_id: answerId, running_generation_id: generation });
    world.logs.set(generation, []);
  }
  const summary = toSummary(world.conversations.get(id) ?? view);
  sendAll(world, { type: 'conversation', conversation: summary });
  sendJson(response, { conversation_id: id, message_id: message.message_id, answer_id: answerId, generation_id: generation }, 202);
}

function renameConversation(world: World, { id, response, title }: { id: string; response: ServerResponse; title: string }): void {
  const view = world.conversations.get(id);
  if (view === undefined) {
    sendProblem(response, 404, 'conversation_not_found');
    return;
  }
  world.conversations.set(id, { ...view, title });
  const summary = toSummary({ ...view, title });
  sendAll(world, { type: 'conversation', conversation: summary });
  sendJson(response, summary);
}

function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function sendProblem(response: ServerResponse, status: number, code: string): void {
  const body = {
    type: 'about:blank',
    code,
    title: TITLES[code] ?? code,
    status,
    detail: 'This is said by the scripted server.',
    remedy: 'Play another scenario.',
    source: 'app',
    request_id: 'r-7f3a',
  };
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body));
}

const TITLES: Readonly<Record<string, string>> = {
  conversation_not_found: 'There is no such conversation',
  queue_full: 'Too many requests are waiting',
  unauthorized: 'An access token is needed',
};
