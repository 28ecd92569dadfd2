import type {
  Accepted,
  Attachment,
  ContextRequest,
  ContextUsage,
  Continue,
  ConversationChange,
  ConversationDetails,
  ConversationList,
  ConversationSummary,
  ConversationView,
  DeletedConversation,
  FolderList,
  ImportResult,
  ModelPlan,
  NewPreset,
  PostMessage,
  Preset,
  PresetChange,
  PresetList,
  Regenerate,
  SearchResult,
} from '@pilotlight/contract';

import type { Http, Upload } from './http.ts';

/** Which chats are wanted: a page of all, those of a folder, or the archived ones. */
export interface ListWish {
  readonly before?: string | undefined;
  readonly folder?: string;
  readonly archived?: boolean;
}

/** The calls this page makes, by name. Each throws as `Http.send` does. */
export interface Api {
  listConversations(wish: ListWish): Promise<ConversationList>;
  listFolders(): Promise<FolderList>;
  /** A page of what was found; `before` is the `next` of the page before it. */
  search(query: { readonly text: string; readonly before: string | undefined }, signal: AbortSignal): Promise<SearchResult>;
  readConversation(id: string): Promise<ConversationView>;
  postMessage(conversationId: string, message: PostMessage): Promise<Accepted>;
  regenerate(conversationId: string, answerId: string, request: Regenerate): Promise<Accepted>;
  continueAnswer(conversationId: string, answerId: string, request: Continue): Promise<Accepted>;
  selectMessage(conversationId: string, messageId: string): Promise<ConversationView>;
  changeConversation(id: string, change: ConversationChange): Promise<ConversationDetails>;
  /** `outlivesPage`: it is sent although the page is being left. */
  deleteConversation(id: string, outlivesPage?: boolean): Promise<DeletedConversation>;
  restoreConversation(id: string): Promise<ConversationSummary>;
  /** Sends a file to be attached to a message. */
  attach(name: string, file: Blob, upload: Pick<Upload, 'signal' | 'onProgress'>): Promise<Attachment>;
  /** What of a conversation would be sent now. */
  measureContext(request: ContextRequest, signal: AbortSignal): Promise<ContextUsage>;
  listPresets(): Promise<PresetList>;
  addPreset(preset: NewPreset): Promise<Preset>;
  changePreset(id: string, change: PresetChange): Promise<Preset>;
  deletePreset(id: string): Promise<void>;
  /** The content of an export, ours or of others. */
  importConversations(value: unknown): Promise<ImportResult>;
  stopGeneration(id: string): Promise<void>;
  loadModel(name: string): Promise<void>;
  unloadModel(name: string): Promise<void>;
  /** Keeps it in memory, or lets it go again. */
  pinModel(name: string, isPinned: boolean): Promise<void>;
  /** What a load of it would do to memory now. */
  planLoad(name: string, signal: AbortSignal): Promise<ModelPlan>;
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
    async listConversations({ before, folder, archived }) {
      const query = new URLSearchParams({
        ...(before === undefined ? {} : { before }),
        ...(folder === undefined ? {} : { folder }),
        ...(archived === undefined ? {} : { archived: String(archived) }),
      }).toString();
      return (await http.send({ method: 'GET', path: `/api/conversations${query === '' ? '' : `?${query}`}` })) as ConversationList;
    },
    listFolders: async () => (await http.send({ method: 'GET', path: '/api/conversations/folders' })) as FolderList,
    async search({ text, before }, signal) {
      const query = new URLSearchParams({ q: text, ...(before === undefined ? {} : { before }) });
      return (await http.send({ method: 'GET', path: `/api/conversations/search?${query.toString()}`, signal })) as SearchResult;
    },
    readConversation: async (id) => (await http.send({ method: 'GET', path: conversation(id) })) as ConversationView,
    postMessage: async (id, message) => (await post(`${conversation(id)}/messages`, message)) as Accepted,
    regenerate: async (id, answerId, request) =>
      (await post(`${conversation(id)}/messages/${encodeURIComponent(answerId)}/regenerate`, request)) as Accepted,
    continueAnswer: async (id, answerId, request) =>
      (await post(`${conversation(id)}/messages/${encodeURIComponent(answerId)}/continue`, request)) as Accepted,
    selectMessage: async (id, messageId) => (await post(`${conversation(id)}/select`, { message_id: messageId })) as ConversationView,
    changeConversation: async (id, change) =>
      (await http.send({ method: 'PATCH', path: conversation(id), body: change })) as ConversationDetails,
    deleteConversation: async (id, outlivesPage = false) =>
      (await http.send({ method: 'DELETE', path: conversation(id), outlivesPage })) as DeletedConversation,
    restoreConversation: async (id) => (await post(`${conversation(id)}/restore`)) as ConversationSummary,
    attach: async (name, file, { signal, onProgress }) =>
      (await http.upload({ path: `/api/attachments?name=${encodeURIComponent(name)}`, file, signal, onProgress })) as Attachment,
    measureContext: async (request, signal) =>
      (await http.send({ method: 'POST', path: '/api/context', body: request, signal })) as ContextUsage,
    listPresets: async () => (await http.send({ method: 'GET', path: '/api/presets' })) as PresetList,
    addPreset: async (preset) => (await post('/api/presets', preset)) as Preset,
    changePreset: async (id, change) =>
      (await http.send({ method: 'PATCH', path: `/api/presets/${encodeURIComponent(id)}`, body: change })) as Preset,
    deletePreset: async (id) => void (await http.send({ method: 'DELETE', path: `/api/presets/${encodeURIComponent(id)}` })),
    importConversations: async (value) => (await post('/api/conversations/import', value)) as ImportResult,
    stopGeneration: async (id) => void (await post(`/api/generations/${encodeURIComponent(id)}/stop`)),
    loadModel: async (name) => void (await post(`${model(name)}/load`)),
    unloadModel: async (name) => void (await post(`${model(name)}/unload`)),
    pinModel: async (name, isPinned) => void (await http.send({ method: isPinned ? 'POST' : 'DELETE', path: `${model(name)}/pin` })),
    planLoad: async (name, signal) =>
      (await http.send({ method: 'POST', path: '/api/models/plan', body: { model: name }, signal })) as ModelPlan,
    signIn: async (token) => void (await post('/api/session', { token })),
  };
}
