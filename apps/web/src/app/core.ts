import type { Api } from '../api/api.ts';
import { RequestRefused } from '../api/http.ts';
import type { Hub } from '../api/hub.ts';
import type { Drafts } from '../features/composer/drafts.ts';
import type { AppState, Failure } from './app-state.ts';
import type { Ports } from './ports.ts';
import type { Router } from './router.ts';
import type { Store } from './store.ts';

/** What all actions of the page work with. */
export interface Core {
  readonly ports: Ports;
  readonly api: Api;
  readonly store: Store<AppState>;
  readonly hub: Hub;
  readonly drafts: Drafts;
  readonly router: Router;
}

/** A failed call in words. A token that is missing leads to the page that asks for it. */
export function toFailure(core: Pick<Core, 'store'>, what: string, error: unknown): Failure {
  const problem = error instanceof RequestRefused ? error.problem : undefined;
  if (problem?.status === 401) core.store.update((state) => ({ ...state, needsToken: true }));
  return { what, problem };
}

/** Shows a failure above the composer of its conversation. */
export function showFailure(core: Core, conversationId: string, failure: Failure): void {
  core.store.update((state) => ({ ...state, failures: { ...state.failures, [conversationId]: failure } }));
}
