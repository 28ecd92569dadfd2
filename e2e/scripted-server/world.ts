import type { ServerResponse } from 'node:http';

import type { ConversationSummary, ConversationView, PageEvent, StreamPart } from '@pilotlight/contract';

import type { Scenario } from './scenario.ts';

export interface World {
  scenario: Scenario | undefined;
  logs: Map<string, StreamPart[]>;
  conversations: Map<string, ConversationView>;
  readonly deleted: Map<string, ConversationView>;
  isAway: boolean;
  /** Which parts of what the browser keeps have been replaced by newer ones. */
  updated: 'none' | 'worker' | 'page';
  postFailure: 'cut' | { readonly status: number; readonly code: string } | undefined;
  readonly posted: { path: string; body: unknown }[];
  readonly pages: Set<ServerResponse>;
  readonly readers: Map<string, Set<ServerResponse>>;
}

export function createWorld(): World {
  return {
    scenario: undefined,
    logs: new Map(),
    conversations: new Map(),
    deleted: new Map(),
    isAway: false,
    updated: 'none',
    postFailure: undefined,
    posted: [],
    pages: new Set(),
    readers: new Map(),
  };
}

export function sendAll(world: World, event: PageEvent): void {
  for (const page of world.pages) writeEvent(page, event);
}

export function writeEvent(response: ServerResponse, event: PageEvent | StreamPart, id?: number): void {
  response.write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

export function toSummary(view: ConversationView): ConversationSummary {
  const { head_id: _, messages: _messages, settings: _settings, ...summary } = view;
  return summary;
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

export function sendProblem(response: ServerResponse, status: number, code: string): void {
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
  attachment_refused: 'This file cannot be attached',
  conversation_not_found: 'There is no such conversation',
  queue_full: 'Too many requests are waiting',
  unauthorized: 'An access token is needed',
};
