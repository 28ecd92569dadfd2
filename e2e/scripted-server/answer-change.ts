import type { IncomingMessage, ServerResponse } from 'node:http';

import type { ContextUsage, ConversationChange, ConversationView, PostMessage, ModelPlan } from '@pilotlight/contract';

import { sendAll, sendJson, sendProblem, toSummary, type World } from './world.ts';

interface Exchange {
  readonly request: IncomingMessage;
  readonly url: URL;
  readonly response: ServerResponse;
}

export async function answerChange(world: World, { request, url, response }: Exchange): Promise<void> {
  const text = (await Array.fromAsync(request.setEncoding('utf8') as AsyncIterable<string>)).join('');
  const body: unknown = text === '' || url.pathname === '/api/attachments' ? undefined : JSON.parse(text);
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
  else if (kind === 'context') answerContext(world, response);
  else if (kind === 'models' && id === 'plan') answerPlan(world, response);
  else if (kind === 'attachments') answerUpload(world, { url, response, size: text.length });
  else if (kind === 'conversations' && action === 'restore') restoreConversation(world, id, response);
  else if (kind === 'conversations' && request.method === 'PATCH')
    changeConversation(world, { id, response, change: body as ConversationChange });
  else if (kind === 'conversations' && request.method === 'DELETE') removeConversation(world, id, response);
  else response.writeHead(204).end();
}

/** For a scenario that is not about it: a gauge at its beginning. */
const EMPTY: ContextUsage = {
  model: 'mistral:latest',
  tokens: 620,
  basis: 'estimated',
  messages: 2,
  policy: 'drop_oldest',
  policy_origin: 'server',
  fits: true,
};

function answerContext({ scenario }: World, response: ServerResponse): void {
  sendJson(response, scenario?.context ?? EMPTY);
}

const FITS: ModelPlan = { model: 'phi3:mini', engine: 'ollama', verdict: 'fits', reason: 'It fits.', unload: [], pinned: [] };

function answerPlan({ scenario }: World, response: ServerResponse): void {
  sendJson(response, scenario?.plan ?? FITS);
}

/** Files whose name says so are refused; the others are taken as text. */
function answerUpload(world: World, { url, response, size }: { url: URL; response: ServerResponse; size: number }): void {
  const name = url.searchParams.get('name') ?? 'file';
  if (/\.(?:zip|exe)$/.test(name)) sendProblem(response, 415, 'attachment_refused');
  else
    sendJson(
      response,
      { id: `f-${world.posted.length}`, name, kind: 'text', media_type: 'text/plain', bytes: size, characters: size },
      201,
    );
}

function removeConversation(world: World, id: string, response: ServerResponse): void {
  const view = world.conversations.get(id);
  if (view !== undefined) world.deleted.set(id, view);
  world.conversations.delete(id);
  const final_at = new Date(Date.now() + 300_000).toISOString();
  sendAll(world, { type: 'conversation_removed', id, final_at });
  sendJson(response, { id, deleted_at: new Date().toISOString(), final_at });
}

function restoreConversation(world: World, id: string, response: ServerResponse): void {
  const view = world.deleted.get(id);
  if (view === undefined) {
    sendProblem(response, 404, 'conversation_not_found');
    return;
  }
  world.conversations.set(id, view);
  sendAll(world, { type: 'conversation', conversation: toSummary(view) });
  sendJson(response, toSummary(view));
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

interface Changing {
  readonly id: string;
  readonly response: ServerResponse;
  readonly change: ConversationChange;
}

function changeConversation(world: World, { id, response, change }: Changing): void {
  const view = world.conversations.get(id);
  if (view === undefined) {
    sendProblem(response, 404, 'conversation_not_found');
    return;
  }
  const { settings, preset_id: _, folder, ...others } = change;
  const { folder: before, ...rest } = view;
  const kept = folder === null ? undefined : (folder ?? before);
  const next = { ...rest, ...others, ...(kept === undefined ? {} : { folder: kept }) } as ConversationView;
  if (settings !== undefined)
    next.settings = Object.fromEntries(
      Object.entries({ ...view.settings, ...settings }).filter(([, value]) => value !== null && value !== undefined),
    );
  world.conversations.set(id, next);
  sendAll(world, { type: 'conversation', conversation: toSummary(next) });
  sendJson(response, { ...toSummary(next), ...(next.settings === undefined ? {} : { settings: next.settings }) });
}
