import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import type { PageEvent, StreamPart } from '@pilotlight/contract';

import { answerChange } from './answer-change.ts';
import type { Scenario } from './scenario.ts';
import { createWorld, sendAll, sendJson, sendProblem, toSummary, writeEvent, type World } from './world.ts';

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
  /** As after an update: another worker of the offline shell, and with `page` another document that it keeps. */
  update(what: 'worker' | 'page'): void;
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
      world.updated = 'none';
    },
    send: (event) => sendAll(world, event),
    log: (generation, ...parts) => appendParts(world, generation, parts),
    setAway(isAway) {
      world.isAway = isAway;
      if (isAway) server.closeAllConnections();
    },
    update(what) {
      world.updated = what;
    },
    failPosts(how) {
      world.postFailure = how;
    },
    [Symbol.asyncDispose]: () => close(server),
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
    if (!sendNewer(world, url.pathname, response)) sendFile(url.pathname, response);
    return;
  }
  if (world.scenario?.needsToken === true && url.pathname !== '/api/session') {
    sendProblem(response, 401, 'unauthorized');
    return;
  }
  if (request.method === 'GET') answerGet(world, url, response);
  else await answerChange(world, { request, url, response });
}

/** What an update has replaced; false: nothing of that name. */
function sendNewer({ updated }: World, name: string, response: ServerResponse): boolean {
  if (updated === 'none') return false;
  if (name === '/sw.js')
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(`${readFileSync(path.join(DIST, name), 'utf8')}// ${updated}`);
  else if (name === '/' && updated === 'page') response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Newer</title>');
  else return false;
  return true;
}

function sendFile(name: string, response: ServerResponse): void {
  const wanted = path.join(DIST, name);
  const file = wanted.startsWith(DIST) && existsSync(wanted) && statSync(wanted).isFile() ? wanted : path.join(DIST, 'index.html');
  response.writeHead(200, {
    'content-type': TYPES[path.extname(file)] ?? 'application/octet-stream',
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  });
  createReadStream(file).pipe(response);
}

function answerGet(world: World, url: URL, response: ServerResponse): void {
  const [, , kind, id = '', part] = url.pathname.split('/');
  if (kind === 'events') openPage(world, response);
  else if (kind === 'attachments' && part === 'content') sendFile('icon-192.png', response);
  else if (kind === 'presets') sendJson(response, { presets: world.scenario?.presets ?? [] });
  else if (kind === 'conversations' && id === 'folders') sendJson(response, { folders: toFolders(world) });
  else if (kind === 'conversations' && id === '') {
    const wantsArchived = url.searchParams.get('archived') === 'true';
    const conversations = [...world.conversations.values()].map(toSummary).filter(({ archived = false }) => archived === wantsArchived);
    sendJson(response, { conversations: conversations.sort((one, other) => other.updated_at.localeCompare(one.updated_at)), next: null });
  } else if (kind === 'conversations' && id === 'search') answerSearch(world, response);
  else if (kind === 'conversations' && world.conversations.has(id)) sendJson(response, world.conversations.get(id));
  else if (kind === 'conversations') sendProblem(response, 404, 'conversation_not_found');
  else if (kind === 'generations' && part === 'events') openLog(world, id, { response, from: Number(url.searchParams.get('from') ?? 0) });
  else sendProblem(response, 404, 'not_found');
}

function toFolders(world: World): { name: string; conversations: number }[] {
  const names = [...world.conversations.values()].flatMap(({ folder }) => (folder === undefined ? [] : [folder]));
  return [...Map.groupBy(names, (name) => name)].map(([name, all]) => ({ name, conversations: all.length }));
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
  if (world.scenario?.storage !== undefined) writeEvent(response, { type: 'storage', storage: world.scenario.storage });
}

function openLog(world: World, id: string, { response, from }: { readonly response: ServerResponse; readonly from: number }): void {
  const log = world.logs.get(id);
  if (log === undefined) {
    sendProblem(response, 404, 'generation_not_found');
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  // When each was sent, as the server writes it: seconds apart, but here all at once.
  if (world.scenario?.isHeldBack === true) response.write(': 0\n\n');
  for (const [index, part] of log.slice(from).entries()) writeEvent(response, part, from + index);
  if (world.scenario?.isHeldBack === true) response.write(': 6000\n\n');
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
