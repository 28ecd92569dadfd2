import { endAnswer } from '../../app/app-state.ts';
import type { Core } from '../../app/core.ts';
import { applyParts, EMPTY_ANSWER } from './answer-state.ts';

export interface FollowerEvents {
  /** An answer of this conversation has ended. */
  readonly onEnd: (conversationId: string) => void;
  /** What the page knows of this conversation is no longer true. */
  readonly reread: (conversationId: string) => void;
}

/** Reads along with answers until they end; each is read once, however often it is asked for. */
export function createAnswerFollower(core: Core, events: FollowerEvents): (conversationId: string, generation: string) => void {
  const followed = new Map<string, Disposable>();

  function unfollow(generation: string): void {
    followed.get(generation)?.[Symbol.dispose]();
    followed.delete(generation);
  }

  return (conversationId, generation) => {
    if (followed.has(generation)) return;
    followed.set(generation, { [Symbol.dispose]: () => undefined });
    const subscription = core.hub.follow(generation, {
      onParts(parts) {
        const now = core.ports.clock.now();
        core.store.update((state) => {
          const answer = applyParts(state.answers[generation] ?? EMPTY_ANSWER, parts, now);
          const view = state.views[conversationId];
          const answers = { ...state.answers, [generation]: answer };
          if (answer.end === undefined || view === undefined) return { ...state, answers };
          return { ...state, answers, views: { ...state.views, [conversationId]: endAnswer(view, generation, answer) } };
        });
        if (core.store.get().answers[generation]?.end === undefined) return;
        unfollow(generation);
        events.onEnd(conversationId);
      },
      onGone() {
        unfollow(generation);
        events.reread(conversationId);
      },
    });
    // The log may have been at hand, whole.
    if (followed.has(generation)) followed.set(generation, subscription);
    else subscription[Symbol.dispose]();
  };
}
