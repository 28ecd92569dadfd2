import { createStore, type Store } from './store.ts';

export type Route =
  | { readonly page: 'new' }
  | { readonly page: 'conversation'; readonly id: string }
  | { readonly page: 'unknown'; readonly path: string };

/** `/` is a new chat, `/c/{id}` a conversation. */
function toRoute(path: string): Route {
  if (path === '/') return { page: 'new' };
  const id = /^\/c\/([A-Za-z0-9_-]{1,64})$/.exec(path)?.[1];
  return id === undefined ? { page: 'unknown', path } : { page: 'conversation', id };
}

export function toPath(conversationId: string | undefined): string {
  return conversationId === undefined ? '/' : `/c/${conversationId}`;
}

export interface Router {
  readonly route: Store<Route>;
  readonly go: (path: string) => void;
  /** Goes there without a step in the history. */
  readonly replace: (path: string) => void;
}

export function createRouter(window: Window): Router {
  const route = createStore<Route>(toRoute(window.location.pathname));
  const read = (): void => route.update(() => toRoute(window.location.pathname));
  window.addEventListener('popstate', read);
  return {
    route,
    go(path) {
      if (path !== window.location.pathname) window.history.pushState(null, '', path);
      read();
    },
    replace(path) {
      window.history.replaceState(null, '', path);
      read();
    },
  };
}
