import type { SearchHit } from '@pilotlight/contract';

import { toFailure, type Core } from '../../app/core.ts';
import type { Failure } from '../../app/app-state.ts';
import { createStore, type Store } from '../../app/store.ts';

export type SearchAnswer =
  | { readonly kind: 'none' }
  | { readonly kind: 'asking' }
  /** `next` begins the page after the hits that are here; null at their end. */
  | { readonly kind: 'found'; readonly next: string | null }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface SearchState {
  /** As it was typed. */
  readonly query: string;
  readonly answer: SearchAnswer;
  /** While an answer is on its way they may be those to the beginning of the query. */
  readonly hits: readonly SearchHit[];
}

export interface Search {
  readonly state: Store<SearchState>;
  /** Takes what is typed, and asks the server when nothing more was typed for a moment. */
  write(query: string): void;
  /** Asks again if the last question got no answer. */
  again(): void;
  /** Reads the hits after those that are here. */
  more(): void;
}

/** Long enough not to ask for every letter, short enough not to be noticed. */
export const QUIET_MS = 150;

export function createSearch(core: Pick<Core, 'api' | 'ports' | 'store'>): Search {
  const state = createStore<SearchState>({ query: '', answer: { kind: 'none' }, hits: [] });
  let quiet: Disposable | undefined;
  let asking: AbortController | undefined;

  function leave(): void {
    quiet?.[Symbol.dispose]();
    asking?.abort();
  }

  async function ask(text: string, before?: string): Promise<void> {
    asking = new AbortController();
    const { signal } = asking;
    try {
      const { hits, next } = await core.api.search({ text, before }, signal);
      if (signal.aborted) return;
      state.update((old) => ({ ...old, answer: { kind: 'found', next }, hits: before === undefined ? hits : [...old.hits, ...hits] }));
    } catch (error) {
      if (signal.aborted) return;
      const failure = toFailure(core, 'Messages could not be searched', error);
      state.update((old) => ({ ...old, answer: { kind: 'failed', failure } }));
    }
  }

  return {
    state,
    write(query) {
      const [text, before] = [query.trim(), state.get().query.trim()];
      if (text === before) {
        state.update((old) => ({ ...old, query }));
        return;
      }
      leave();
      if (text === '') {
        state.update(() => ({ query, answer: { kind: 'none' }, hits: [] }));
        return;
      }
      const isLonger = before !== '' && text.startsWith(before);
      state.update((old) => ({ query, answer: { kind: 'asking' }, hits: isLonger ? old.hits : [] }));
      quiet = core.ports.clock.after(QUIET_MS, () => void ask(text));
    },
    again() {
      const { query, answer } = state.get();
      if (answer.kind !== 'failed') return;
      state.update((old) => ({ ...old, answer: { kind: 'asking' }, hits: [] }));
      void ask(query.trim());
    },
    more() {
      const { query, answer } = state.get();
      if (answer.kind !== 'found' || answer.next === null) return;
      state.update((old) => ({ ...old, answer: { kind: 'asking' } }));
      void ask(query.trim(), answer.next);
    },
  };
}
