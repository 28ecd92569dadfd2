import type { FakeEngineState } from '../fake-engine-state.ts';

/** A load that was asked for and goes on, or the last one that failed. */
export type RouterLoad = AbortController | 'failed';

const loads = new WeakMap<FakeEngineState, Map<string, RouterLoad>>();

function tableOf(state: FakeEngineState): Map<string, RouterLoad> {
  const known = loads.get(state) ?? new Map<string, RouterLoad>();
  loads.set(state, known);
  return known;
}

export function loadOf(state: FakeEngineState, model: string): RouterLoad | undefined {
  return tableOf(state).get(model);
}

export function setLoad(state: FakeEngineState, model: string, load: RouterLoad | undefined): void {
  if (load === undefined) tableOf(state).delete(model);
  else tableOf(state).set(model, load);
}
