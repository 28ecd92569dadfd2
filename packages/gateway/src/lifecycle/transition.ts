import type { Phase } from '@pilotlight/contract';

import type { EventType, LifecycleEvent, Row, Step } from './events.ts';
import { draining, unloading } from './leaving.ts';
import { loading, queued, warming } from './loading.ts';
import { absent, cold, downloading, failed, unknown } from './resting.ts';
import { busy, ready, wedged } from './serving.ts';
import type { LifecycleState } from './state.ts';

/** The life of a deployment: what every event does in every phase. Total: a phase or an event without its cells does not compile. */
export const LIFECYCLE: { readonly [P in Phase]: Row<P> } = {
  unknown,
  absent,
  downloading,
  cold,
  queued,
  loading,
  warming,
  ready,
  busy,
  draining,
  unloading,
  failed,
  wedged,
};

/**
 * The next state, and what the deployment's writer has to do. Pure. The very same state means that nothing changed.
 * The type system cannot follow two unions at once through the table; that a row takes its phase and a cell its event is what `Row` says.
 */
export function transition(state: LifecycleState, event: LifecycleEvent): Step {
  const row = LIFECYCLE[state.phase] as Readonly<Record<EventType, (state: LifecycleState, event: LifecycleEvent) => Step>>;
  return row[event.type](state, event);
}
