import type { Chat, ChatEvent } from '@pilotlight/contract';

export interface LateChatOptions {
  /** Resolves when the store is open and what a former process left open is closed. */
  readonly opened: Promise<Chat>;
  /** Resolves when it is known what models there are, which a new answer needs. */
  readonly modelsKnown: Promise<unknown>;
}

/**
 * The chat for requests that come while the server starts: they wait for what they need, which takes a moment, instead of being refused. Rejects
 * with the reason if the store cannot be opened.
 */
export function createLateChat({ opened, modelsKnown }: LateChatOptions): Omit<Chat, typeof Symbol.asyncDispose> {
  const all = async (): Promise<Chat> => {
    const chat = await opened;
    await modelsKnown;
    return chat;
  };
  return {
    post: async (question) => (await all()).post(question),
    regenerate: async (request) => (await all()).regenerate(request),
    continueAnswer: async (request) => (await all()).continueAnswer(request),
    async *follow(generationId, from, signal) {
      yield* (await opened).follow(generationId, from, signal);
    },
    stop: async (generationId) => (await opened).stop(generationId),
    list: async (query) => (await opened).list(query),
    folders: async () => (await opened).folders(),
    search: async (query) => (await opened).search(query),
    conversation: async (id) => (await opened).conversation(id),
    rename: async (id, title) => (await opened).rename(id, title),
    change: async (id, change) => (await opened).change(id, change),
    select: async (id, messageId) => (await opened).select(id, messageId),
    importConversations: async (value) => (await opened).importConversations(value),
    remove: async (id) => (await opened).remove(id),
    restore: async (id) => (await opened).restore(id),
    presets: async () => (await opened).presets(),
    addPreset: async (preset) => (await opened).addPreset(preset),
    changePreset: async (id, change) => (await opened).changePreset(id, change),
    removePreset: async (id) => (await opened).removePreset(id),
    attach: async (file) => (await opened).attach(file),
    attachment: async (id) => (await opened).attachment(id),
    removeAttachment: async (id) => (await opened).removeAttachment(id),
    contextUsage: async (request, signal) => (await all()).contextUsage(request, signal),
    recover: async () => (await opened).recover(),
    subscribe: (listener) => subscribeLate(opened, listener),
  };
}

/** Nothing is missed: before the chat is there, nothing happens in it. */
function subscribeLate(opened: Promise<Chat>, listener: (event: ChatEvent) => void): Disposable {
  const subscription = new DisposableStack();
  opened.then(
    (chat) => {
      if (!subscription.disposed) subscription.use(chat.subscribe(listener));
    },
    () => {},
  );
  return subscription;
}
