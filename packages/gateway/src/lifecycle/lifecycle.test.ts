import { PHASES } from '@pilotlight/contract';
import type { Phase } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import type { LifecycleEvent, Step } from './events.ts';
import { activeOf, initialState, loadedOf } from './state.ts';
import type { LifecycleState, Moment } from './state.ts';
import { LIFECYCLE, transition } from './transition.ts';

/** What the walk adds to a state: what the world outside of it holds, so that what must never happen can be told. */
interface World {
  readonly state: LifecycleState;
  /** Jobs that were started and have not ended, with how far they are. */
  readonly loads: ReadonlyMap<number, 'loading' | 'warming' | 'cancelled'>;
  readonly unloads: ReadonlySet<number>;
  /** The load whose weights gave a token. */
  readonly proven: number | undefined;
}

const at = (ms: number): Moment => ({ wallMs: 1_000_000 + ms, monotonicMs: ms });
const LATER = at(60_000);
const cause = { code: 'engine_error', detail: 'it said no' } as const;
const away = { code: 'engine_unreachable', detail: 'connection refused' } as const;

/** Every event that the world could send next, also news of jobs and grants that are long over. */
function eventsFor({ state, loads, unloads }: World): readonly LifecycleEvent[] {
  const now = LATER;
  const seen = [LATER, at(-1)].flatMap((askedAt): LifecycleEvent[] => [
    { type: 'seen-cold', now, askedAt, engine: 'Ollama' },
    { type: 'seen-resident', now, askedAt, engine: 'Ollama', memoryBytes: 5 },
    { type: 'seen-absent', now, askedAt, engine: 'Ollama' },
    { type: 'seen-listed', now, askedAt },
  ]);
  const dead = 99;
  const queuedLoad = state.phase === 'queued' ? [state.loadId] : [];
  const loaded = { model: 'a', slots: 2 };
  const byJob = [...loads.keys(), ...queuedLoad, dead].flatMap((loadId): LifecycleEvent[] => {
    const how = loads.get(loadId);
    return [
      { type: 'load-admitted', now, loadId },
      { type: 'load-waits', now, loadId, reason: 'waits for memory' },
      { type: 'load-refused', now, loadId, cause },
      { type: 'load-refused', now, loadId, cause: { code: 'model_out_of_memory', detail: 'no memory' } },
      { type: 'load-progress', now, loadId, fraction: 0.5 },
      ...(how === 'warming' ? [] : [{ type: 'load-end', now, loadId, loaded } as const]),
      { type: 'load-failed', now, loadId, cause, keepMs: 15_000 },
      { type: 'load-failed', now, loadId, cause: away, keepMs: 15_000 },
      ...(how === 'warming' || loadId === dead ? [{ type: 'warm-end', now, loadId } as const] : []),
    ];
  });
  const byLoad = [loadedOf(state)?.loadId ?? dead, dead].flatMap((loadId): LifecycleEvent[] => [
    { type: 'idle-end', now, loadId, readySinceMs: state.since.monotonicMs, reason: 'not used' },
    { type: 'wedge-found', now, loadId, reason: 'silent' },
    { type: 'model-lost', now, cause, loadId },
  ]);
  const byUnload = [...unloads, dead].flatMap((unloadId): LifecycleEvent[] => [
    { type: 'unload-end', now, unloadId },
    { type: 'unload-failed', now, unloadId, cause },
    { type: 'unload-failed', now, unloadId, cause: away },
    { type: 'unload-failed', now, unloadId, cause: { code: 'not_supported', detail: 'it cannot' } },
  ]);
  const byGrant = ['g1', 'g2', 'gone'].flatMap((grantId): LifecycleEvent[] => [
    ...(grantId === 'gone' ? [] : [{ type: 'grant-start', now, grantId } as const]),
    { type: 'grant-end', now, grantId },
  ]);
  return [
    ...seen,
    ...byJob,
    ...byLoad,
    ...byUnload,
    ...byGrant,
    { type: 'engine-away', now, cause: away },
    { type: 'defect-found', now, detail: 'not a model file' },
    { type: 'want', now, wish: { model: 'a', by: 'a test' } },
    { type: 'want', now, wish: { model: 'a', by: 'a test' }, insists: true },
    { type: 'want', now: at(0), wish: { model: 'a', by: 'a test' } },
    { type: 'unload-asked', now, reason: 'asked' },
    { type: 'make-room', now, reason: 'to make room for b', by: 'a test', drains: false },
    { type: 'make-room', now, reason: 'to make room for b', by: 'a test', drains: true },
    { type: 'model-lost', now, cause },
    { type: 'download-start', now, reason: 'pulled' },
    { type: 'download-progress', now, fraction: 0.5 },
    { type: 'download-end', now },
    { type: 'download-failed', now, cause },
  ];
}

/** Carries a step's effects out on the world, and asserts what must hold while doing so. */
function enact(world: World, event: LifecycleEvent, { state, effects }: Step): World {
  const loads = new Map(world.loads);
  const unloads = new Set(world.unloads);
  if (event.type === 'load-end' && loads.get(event.loadId) === 'loading') loads.set(event.loadId, 'warming');
  if (event.type === 'load-failed' || event.type === 'warm-end') loads.delete(event.loadId);
  if (event.type === 'unload-end' || event.type === 'unload-failed') unloads.delete(event.unloadId);
  const proven = event.type === 'warm-end' && world.loads.has(event.loadId) ? event.loadId : world.proven;
  for (const effect of effects) {
    if (effect.type === 'start-load') loads.set(effect.loadId, 'loading');
    if (effect.type === 'cancel-load') loads.set(effect.loadId, 'cancelled');
    if (effect.type === 'start-unload') unloads.add(effect.unloadId);
  }
  return { state, loads, unloads, proven };
}

/** States that differ in nothing but instants and the numbers of their jobs are one. */
function keyOf({ state, loads, unloads, proven }: World): string {
  const { since: _since, evidence: _evidence, lastJob: _lastJob, reason: _reason, by: _by, ...rest } = state;
  const number = (id: number | undefined): string => (id === undefined ? 'none' : id === state.lastJob ? 'last' : 'older');
  const shape = JSON.stringify(rest, (name, value: unknown) => {
    if (value instanceof Set) return [...(value as Set<string>)].toSorted((a, b) => a.localeCompare(b));
    if (name === 'loadId' || name === 'jobId') return number(value as number);
    return name === 'retryAtMs' ? (value as number) > LATER.monotonicMs : value;
  });
  return [shape, ...[...loads].map(([id, how]) => `${number(id)} ${how}`), ...[...unloads].map(number), number(proven)].join(' ');
}

interface Visit {
  readonly world: World;
  readonly path: readonly string[];
  readonly next: Set<string>;
}

function walk(): Map<string, Visit> {
  const first: World = { state: initialState(at(0)), loads: new Map(), unloads: new Set(), proven: undefined };
  const visits = new Map<string, Visit>([[keyOf(first), { world: first, path: [], next: new Set() }]]);
  for (const [, visit] of visits) {
    if (visits.size > 20_000) throw new Error('the states do not end');
    for (const event of eventsFor(visit.world)) {
      const step = transition(visit.world.state, event);
      const world = enact(visit.world, event, step);
      const path = [...visit.path, `${event.type} → ${world.state.phase}`];
      checkStep({ before: visit.world, event, step, world, path });
      const key = keyOf(world);
      visit.next.add(key);
      if (!visits.has(key)) visits.set(key, { world, path, next: new Set() });
    }
  }
  return visits;
}

interface Taken {
  readonly before: World;
  readonly event: LifecycleEvent;
  readonly step: Step;
  readonly world: World;
  readonly path: readonly string[];
}

function checkStep({ before, event, step, world, path }: Taken): void {
  const { state } = world;
  const told = path.join(', ');
  // At most one job is under way, and it is the one that the phase waits for.
  const jobs = [...world.loads.keys(), ...world.unloads];
  expect(jobs.length, told).toBeLessThanOrEqual(1);
  const awaited = state.phase === 'loading' ? state.loadId : state.phase === 'warming' ? state.loaded.loadId : undefined;
  if (awaited !== undefined) expect([...world.loads.keys()], told).toEqual([awaited]);
  else if (state.phase === 'unloading') expect(jobs, told).toEqual([state.jobId]);
  else expect(jobs, told).toEqual([]);
  // A token came out of what is called ready.
  if (state.phase === 'ready' || state.phase === 'busy') expect(world.proven, told).toBe(state.loaded.loadId);
  // Busy means in use, and nothing else does but draining.
  expect(state.phase === 'busy' || state.phase === 'draining' ? activeOf(state).size > 0 : activeOf(state).size === 0, told).toBe(true);
  // What failed says why, and every phase has its reason.
  if (state.phase === 'failed') expect(state.cause.detail, told).not.toBe('');
  expect(state.reason, told).not.toBe('');
  // News of a job that is not under way, or of a grant that is not in use, changes nothing.
  const isNewsOfTheDead =
    ('loadId' in event && event.loadId === 99) ||
    ('unloadId' in event && event.unloadId === 99) ||
    ('grantId' in event && event.grantId === 'gone');
  if (isNewsOfTheDead) expect(step, told).toEqual({ state: before.state, effects: [] });
  // What was asked before the weights came in does not take them out.
  if (event.type === 'seen-cold' && event.askedAt.monotonicMs < 0 && before.state.phase === 'ready') expect(state, told).toBe(before.state);
}

describe('the life of a deployment', () => {
  const visits = walk();

  it('has a row for every phase, and every row a cell for every event', () => {
    expect(Object.keys(LIFECYCLE).toSorted()).toEqual([...PHASES].toSorted());
    const events = Object.keys(LIFECYCLE.ready).toSorted();
    for (const phase of PHASES) expect(Object.keys(LIFECYCLE[phase]).toSorted(), phase).toEqual(events);
  });

  it('reaches every phase, and holds its promises in every state on every way', () => {
    const phases = new Set([...visits.values()].map(({ world }) => world.state.phase));
    expect([...phases].toSorted()).toEqual([...PHASES].toSorted());
    expect(visits.size).toBeGreaterThan(40);
  });

  it.each(['ready', 'absent'] satisfies Phase[])('leads from every state to %s again', (goal) => {
    const reaching = new Set([...visits].filter(([, { world }]) => world.state.phase === goal).map(([key]) => key));
    for (let grown = 0; grown !== reaching.size;) {
      grown = reaching.size;
      for (const [key, { next }] of visits) if (!reaching.has(key) && !next.isDisjointFrom(reaching)) reaching.add(key);
    }
    const stuck = [...visits].filter(([key]) => !reaching.has(key)).map(([, { path }]) => path.join(', '));
    expect(stuck).toEqual([]);
  });
});

describe('what a failure leaves behind', () => {
  const wish = { model: 'a', by: 'a test' };
  function failedLoad(): LifecycleState {
    const events: LifecycleEvent[] = [
      { type: 'seen-cold', now: at(0), askedAt: at(0), engine: 'Ollama' },
      { type: 'want', now: at(0), wish },
      { type: 'load-admitted', now: at(0), loadId: 1 },
      { type: 'load-failed', now: at(1000), loadId: 1, cause, keepMs: 15_000 },
    ];
    return events.reduce((state, event) => transition(state, event).state, initialState(at(0)) as LifecycleState);
  }

  it('gives its cause to those who come within 15 s, then lets the next one load', () => {
    const state = failedLoad();
    expect(transition(state, { type: 'want', now: at(15_999), wish })).toEqual({ state, effects: [{ type: 'refuse', cause }] });
    const again = transition(state, { type: 'want', now: at(16_000), wish });
    expect(again.state.phase).toBe('queued');
    expect(again.effects).toEqual([{ type: 'request-load', loadId: 2, wish }]);
  });

  it('loads at once for a person who insists', () => {
    expect(transition(failedLoad(), { type: 'want', now: at(1001), wish, insists: true }).state.phase).toBe('queued');
  });

  it('never loads a file that cannot be used', () => {
    const broken = transition(initialState(at(0)), { type: 'defect-found', now: at(0), detail: 'not a model file' }).state;
    expect(transition(broken, { type: 'want', now: at(1e9), wish, insists: true }).effects).toEqual([
      { type: 'refuse', cause: { code: 'model_file_invalid', detail: 'not a model file' } },
    ]);
  });

  it('does not call ready again what an answer left because its engine went: the check that the failure caused came while it was still busy', () => {
    const events: LifecycleEvent[] = [
      { type: 'want', now: at(0), wish },
      { type: 'load-admitted', now: at(0), loadId: 1 },
      { type: 'load-end', now: at(0), loadId: 1, loaded: { model: 'a', slots: 1 } },
      { type: 'warm-end', now: at(0), loadId: 1 },
      { type: 'grant-start', now: at(1), grantId: 'g' },
      { type: 'engine-away', now: at(2), cause: away },
      { type: 'grant-end', now: at(3), grantId: 'g' },
    ];
    const state = events.reduce((before, event) => transition(before, event).state, initialState(at(0)) as LifecycleState);
    expect(state).toMatchObject({ phase: 'unknown', away, reason: 'connection refused' });
  });

  it('leaves a model where it was whose server cannot unload', () => {
    const events: LifecycleEvent[] = [
      { type: 'want', now: at(0), wish },
      { type: 'load-admitted', now: at(0), loadId: 1 },
      { type: 'load-end', now: at(0), loadId: 1, loaded: { model: 'a', slots: 1, memoryBytes: 7 } },
      { type: 'warm-end', now: at(0), loadId: 1 },
      { type: 'unload-asked', now: at(1), reason: 'asked' },
      { type: 'unload-failed', now: at(2), unloadId: 2, cause: { code: 'not_supported', detail: 'it cannot' } },
      { type: 'seen-listed', now: at(3), askedAt: at(3) },
    ];
    const state = events.reduce((before, event) => transition(before, event).state, initialState(at(0)) as LifecycleState);
    expect(state).toMatchObject({ phase: 'unknown', reason: 'in memory; this server cannot unload a model', resident: { memoryBytes: 7 } });
    expect(transition(state, { type: 'want', now: at(4), wish }).state.phase).toBe('queued');
  });

  it('keeps a load that comes to its end while it is told to stop from being called ready', () => {
    const loading = transition(transition(initialState(at(0)), { type: 'want', now: at(0), wish }).state, {
      type: 'load-admitted',
      now: at(0),
      loadId: 1,
    }).state;
    const stopping = transition(loading, { type: 'unload-asked', now: at(1), reason: 'asked' });
    expect(stopping.effects.map(({ type }) => type)).toEqual(['cancel-load', 'refuse']);
    expect(transition(stopping.state, { type: 'warm-end', now: at(2), loadId: 1 }).state.phase).toBe('unloading');
    expect(transition(stopping.state, { type: 'load-failed', now: at(3), loadId: 1, cause, keepMs: 0 }).state.phase).toBe('cold');
  });
});
