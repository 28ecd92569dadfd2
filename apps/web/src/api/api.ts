import type {
  Accepted,
  ConversationList,
  ConversationSummary,
  ConversationView,
  ImportResult,
  PostMessage,
  Regenerate,
  SearchResult,
} from '@pilotlight/contract';

import type { Http } from './http.ts';

/** The calls this page makes, by name. Each throws as `Http.send` does. */
export interface Api {
  listConversations(before?: string): Promise<ConversationList>;
  /** A page of what was found; `before` is the `next` of the page before it. */
  search(query: { readonly text: string; readonly before: string | undefined }, signal: AbortSignal): Promise<SearchResult>;
  readConversation(id: string): Promise<ConversationView>;
  postMessage(conversationId: string, message: PostMessage): Promise<Accepted>;
  regenerate(conversationId: string, answerId: string, request: Regenerate): Promise<Accepted>;
  selectMessage(conversationId: string, messageId: string): Promise<ConversationView>;
  renameConversation(id: string, title: string): Promise<ConversationSummary>;
  deleteConversation(id: string): Promise<void>;
  /** The content of an export, ours or of others. */
  importConversations(value: unknown): Promise<ImportResult>;
  stopGeneration(id: string): Promise<void>;
  loadModel(name: string): Promise<void>;
  unloadModel(name: string): Promise<void>;
  signIn(token: string): Promise<void>;
}

/** Where a conversation can be fetched as a file; `json` has all its branches, `markdown` the one that is shown. */
export function exportPath(conversationId: string, format: 'json' | 'markdown'): string {
  return `/api/conversations/${encodeURIComponent(conversationId)}/export?format=${format}`;
}

export function createApi(http: Http): Api {
  const conversation = (id: string): string => `/api/conversations/${encodeURIComponent(id)}`;
  const model = (name: string): string => `/api/models/${encodeURIComponent(name)}`;
  function post(path: string, body?: unknown): Promise<unknown> {
    return http.send({ method: 'POST', path, ...(body === undefined ? {} : { body }) });
  }
  return {
    listConversations: async (before) =>
      (await http.send({
        method: 'GET',
        path: `/api/conversations${before === undefined ? '' : `?before=${encodeURIComponent(before)}`}`,
      })) as ConversationList,
    async search({ text, before }, signal) {
      const query = new URLSearchParams({ q: text, ...(before === undefined ? {} : { before }) });
      return (await http.send({ method: 'GET', path: `/api/conversations/search?${query.toString()}`, signal })) as SearchResult;
    },
    readConversation: async (id) => (await http.send({ method: 'GET', path: conversation(id) })) as ConversationView,
    postMessage: async (id, message) => (await post(`${conversation(id)}/messages`, message)) as Accepted,
    regenerate: async (id, answerId, request) =>
      (await post(`${conversation(id)}/messages/${encodeURIComponent(answerId)}/regenerate`, request)) as Accepted,
    selectMessage: async (id, messageId) => (await post(`${conversation(id)}/select`, { message_id: messageId })) as ConversationView,
    renameConversation: async (id, title) =>
      (await http.send({ method: 'PATCH', path: conversation(id), body: { title } })) as ConversationSummary,
    deleteConversation: async (id) => void (await http.send({ method: 'DELETE', path: conversation(id) })),
    importConversations: async (value) => (await post('/api/conversations/import', value)) as ImportResult,
    stopGeneration: async (id) => void (await post(`/api/generations/${encodeURIComponent(id)}/stop`)),
    loadModel: async (name) => void (await post(`${model(name)}/load`)),
    unloadModel: async (name) => void (await post(`${model(name)}/unload`)),
    signIn: async (token) => void (await post('/api/session', { token })),
  };
}
