import type { Priority } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { activeOf } from '../lifecycle/state.ts';
import { initialDeployment, isBusyForNobody, step } from './step.ts';
import type { DeploymentEffect, DeploymentEvent, DeploymentState } from './step.ts';

const now = { wallMs: 0, monotonicMs: 0 };
const enter = (id: string, priority: Priority = 'interactive'): DeploymentEvent => ({
  type: 'enter',
  waiter: { id, priority, label: id, model: 'm' },
  limit: { count: 9, refusal: 'queue_full' },
  maxWaitMs: 30_000,
  now,
});
const wake: readonly DeploymentEvent[] = [
  { type: 'load-admitted', loadId: 1, now },
  { type: 'load-end', loadId: 1, loaded: { model: 'm', slots: 2 }, now },
  { type: 'warm-end', loadId: 1, now },
];

function play(events: readonly DeploymentEvent[]): { readonly state: DeploymentState; readonly effects: readonly DeploymentEffect[] } {
  const effects: DeploymentEffect[] = [];
  let state = initialDeployment(now);
  for (const event of events) {
    const next = step(state, event);
    state = next.state;
    effects.push(...next.effects);
  }
  return { state, effects };
}

const told = (effects: readonly DeploymentEffect[]): readonly string[] =>
  effects.map((effect) => ('waiter' in effect ? `${effect.type} ${effect.waiter.id}` : effect.type));

describe('deciding for one deployment', () => {
  it('asks for one load, and grants as many as there are slots', () => {
    const { state, effects } = play([enter('a'), enter('b'), enter('c'), ...wake]);
    expect(told(effects)).toEqual(['request-load', 'start-load', 'watch-idle', 'grant a', 'grant b']);
    expect([...activeOf(state.lifecycle)]).toEqual(['a', 'b']);
    expect(state.queue.map(({ id }) => id)).toEqual(['c']);
  });

  it('gives a slot on as soon as it is given back, once', () => {
    const first = play([enter('a'), enter('b'), enter('c'), enter('d'), ...wake]).state;
    const { state, effects } = step(first, { type: 'grant-end', grantId: 'a', now });
    expect(told(effects)).toEqual(['grant c']);
    expect(step(state, { type: 'grant-end', grantId: 'a', now })).toEqual({ state, effects: [] });
  });

  it('forgets who leaves the queue', () => {
    const { effects } = play([enter('a'), enter('b'), { type: 'leave', waiterId: 'a', now }, ...wake]);
    expect(told(effects)).toEqual(['request-load', 'start-load', 'watch-idle', 'grant b']);
  });

  it('loads again for those who wait when the model is lost under them', () => {
    const busy = play([enter('a'), enter('b'), enter('c'), ...wake]).state;
    const { state, effects } = step(busy, { type: 'model-lost', cause: { code: 'engine_died', detail: 'it died' }, now });
    expect(told(effects)).toEqual(['request-load']);
    expect(state).toMatchObject({ lifecycle: { phase: 'queued', loadId: 2 }, queue: [{ id: 'c' }] });
  });

  it('refuses all who wait when the load fails', () => {
    const events: DeploymentEvent[] = [
      enter('a'),
      enter('b', 'background'),
      { type: 'load-admitted', loadId: 1, now },
      { type: 'load-failed', loadId: 1, cause: { code: 'model_load_failed', detail: 'no' }, keepMs: 15_000, now },
    ];
    const { state, effects } = play(events);
    expect(effects.at(-1)).toMatchObject({ type: 'refuse', waiters: [{ id: 'a' }, { id: 'b' }] });
    expect(state.queue).toEqual([]);
  });

  it('has background work stop for those who wait for its slot, one for each, once', () => {
    const full = play([enter('a'), ...wake, enter('b1', 'background')]);
    const { state, effects } = step(full.state, enter('c'));
    expect(effects).toEqual([{ type: 'yield', grantId: 'b1' }]);
    expect(step(state, enter('d', 'background')).effects).toEqual([]);
    const next = step(state, { type: 'grant-end', grantId: 'b1', now });
    expect(told(next.effects)).toEqual(['grant c']);
    expect([...next.state.background, ...next.state.yielding]).toEqual([]);
  });

  it('has background work stop when the model is to leave memory, and calls it in use by nobody', () => {
    const { state } = play([enter('a'), ...wake, { type: 'grant-end', grantId: 'a', now }, enter('b', 'background')]);
    expect(isBusyForNobody(state)).toBe(true);
    const { effects } = step(state, { type: 'make-room', reason: 'for another', by: 'somebody', drains: true, now });
    expect(effects).toEqual([{ type: 'yield', grantId: 'b' }]);
    expect(isBusyForNobody(step(state, enter('c')).state)).toBe(false);
  });

  it('says why somebody has no place, and which place it would have been', () => {
    const limit = { count: 1, refusal: 'server_full' } as const;
    const entered = { ...enter('c'), limit } as DeploymentEvent;
    const { effects } = play([enter('a'), enter('b'), entered]);
    expect(effects.at(-1)).toMatchObject({
      type: 'shed',
      waiter: { id: 'c' },
      cause: { code: 'queue_full', facts: { reason: 'server_full', position: 3 } },
    });
    expect(
      play([
        enter('a'),
        enter('b', 'background'),
        { ...entered, limit: { count: 2, refusal: 'queue_full' } } as DeploymentEvent,
      ]).effects.at(-1),
    ).toMatchObject({
      type: 'shed',
      waiter: { id: 'b' },
      cause: { facts: { reason: 'gave_way' } },
    });
  });

  it('lets background work cause nothing, also when it is all that is left', () => {
    expect(told(play([enter('b', 'background')]).effects)).toEqual(['shed b']);
    const drained = play([enter('a'), enter('b'), ...wake, enter('c', 'background'), { type: 'unload-asked', reason: 'asked', now }]);
    expect(told(drained.effects).slice(-1)).toEqual(['shed c']);
  });
});
