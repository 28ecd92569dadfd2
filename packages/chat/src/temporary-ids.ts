/** Which conversations are temporary, and which generations stand in them: in memory, as they themselves are. */
export interface TemporaryIds {
  readonly has: (conversationId: string) => boolean;
  readonly hasGeneration: (generationId: string) => boolean;
  readonly isEmpty: () => boolean;
  readonly size: () => number;
  readonly add: (conversationId: string, generationId: string) => void;
  readonly forget: (conversationId: string) => void;
  /** Those without one of these generations, the one that was begun first at first. */
  readonly idle: (running: ReadonlySet<string>) => readonly string[];
}

export function createTemporaryIds(): TemporaryIds {
  /** In the order in which they were begun. */
  const conversations = new Map<string, Set<string>>();
  const generations = new Set<string>();
  return {
    has: (conversationId) => conversations.has(conversationId),
    hasGeneration: (generationId) => generations.has(generationId),
    isEmpty: () => generations.size === 0,
    size: () => conversations.size,
    add(conversationId, generationId) {
      const own = conversations.get(conversationId) ?? new Set();
      conversations.set(conversationId, own.add(generationId));
      generations.add(generationId);
    },
    forget(conversationId) {
      for (const generation of conversations.get(conversationId) ?? []) generations.delete(generation);
      conversations.delete(conversationId);
    },
    idle: (running) => [...conversations].filter(([, own]) => own.isDisjointFrom(running)).map(([id]) => id),
  };
}
