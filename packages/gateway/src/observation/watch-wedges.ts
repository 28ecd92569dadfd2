import { Problem } from '@pilotlight/contract';
import type { Clock, ModelDescription, Randomness } from '@pilotlight/contract';

import type { Deployment } from '../deployments/deployment.ts';
import { canComplete } from '../deployments/load-model.ts';
import { withTimeLimit } from '../deployments/time-limit.ts';
import { loadedOf } from '../lifecycle/state.ts';
import type { Log } from '../log.ts';

/**
 * Finds models that are in memory, say that they are well and give no token, and has them brought back. A trial is one token, only of a model that is in
 * memory already, and only where something made it suspicious: it never loads anything, and never keeps an idle model awake.
 */
export interface WedgeWatch extends Disposable {
  /** An answer of this model stalled, and its place is still held: tries one token in that place. Resolves when the place may be given back. */
  readonly tryInPlace: (deployment: Deployment, model: ModelDescription) => Promise<void>;
  /** Something about its engine is odd: tries one token, if it is idle. */
  suspect(deployment: Deployment): void;
  /** Its phase changed. */
  review(deployment: Deployment): void;
}

export interface WedgeOptions {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Log;
}

/** For one token of a prompt of one word, by a model that is in memory. */
const TOKEN_LIMIT_MS = 15_000;
/** Stays visible for a moment before it is brought back. */
const RECOVERY_MS = 1_000;
/** Where the server cannot unload, it is tried so often whether it answers again. */
const AGAIN_MS = 30_000;
/** An idle model is not tried more often than this. */
const BETWEEN_MS = 60_000;

interface Trial {
  readonly outcome: 'answered' | 'silent' | 'unclear';
  readonly reason: string;
}

export function watchWedges(options: WedgeOptions): WedgeWatch {
  const { clock } = options;
  const over = new AbortController();
  const timers = new Map<Deployment, Disposable>();
  const triedAt = new WeakMap<Deployment, number>();

  function schedule(deployment: Deployment, delayMs: number, work: () => void): void {
    timers.get(deployment)?.[Symbol.dispose]();
    timers.set(
      deployment,
      clock.after(delayMs, () => {
        timers.delete(deployment);
        if (!over.signal.aborted && deployment.state.lifecycle.phase === 'wedged') work();
      }),
    );
  }

  function recover(deployment: Deployment): void {
    // Where nothing can be unloaded there is nothing to do but to see whether it comes back by itself.
    if (deployment.record.cannotUnload) void watchForLife(deployment);
    else deployment.dispatch({ type: 'unload-asked', reason: 'it gave no token' });
  }

  async function watchForLife(deployment: Deployment): Promise<void> {
    const description = deployment.names.values().next().value;
    if (!description) return;
    const { outcome } = await tryToken(options, { deployment, description, signal: over.signal });
    if (over.signal.aborted || deployment.state.lifecycle.phase !== 'wedged') return;
    if (outcome === 'answered') deployment.dispatch({ type: 'unload-asked', reason: 'it answers again' });
    else schedule(deployment, AGAIN_MS, () => void watchForLife(deployment));
  }

  function examine(deployment: Deployment, description: ModelDescription, signal = over.signal): Promise<void> {
    triedAt.set(deployment, clock.monotonic());
    return examineInPlace(options, { deployment, description, signal });
  }

  return {
    tryInPlace: (deployment, description) => examine(deployment, description),
    suspect(deployment) {
      const isIdle = deployment.state.lifecycle.phase === 'ready';
      const sinceMs = clock.monotonic() - (triedAt.get(deployment) ?? Number.NEGATIVE_INFINITY);
      if (!isIdle || sinceMs < BETWEEN_MS || over.signal.aborted) return;
      const work = (description: ModelDescription, revoked: AbortSignal): Promise<void> =>
        examine(deployment, description, AbortSignal.any([over.signal, revoked]));
      void takePlace(options, deployment, work);
    },
    review(deployment) {
      const isNew = deployment.state.lifecycle.phase === 'wedged' && !timers.has(deployment);
      if (isNew) schedule(deployment, RECOVERY_MS, () => recover(deployment));
    },
    [Symbol.dispose]() {
      over.abort(new Problem('shutting_down', 'the server is shutting down'));
      for (const timer of timers.values()) timer[Symbol.dispose]();
      timers.clear();
    },
  };
}

interface Suspect {
  readonly deployment: Deployment;
  readonly description: ModelDescription;
  readonly signal: AbortSignal;
}

/** One token out of it, or none within the limit. */
async function tryToken({ clock }: WedgeOptions, { deployment, description, signal }: Suspect): Promise<Trial> {
  const { engine, state } = deployment;
  const { name: model } = description;
  const reason = (): Problem => new Problem('model_wedged', `no token came within ${TOKEN_LIMIT_MS / 1000} s`, { source: 'upstream' });
  try {
    await withTimeLimit({ clock, limitMs: TOKEN_LIMIT_MS, signal, reason, graceMs: 1_000 }, async (limited) => {
      if (!canComplete(description)) return void (await engine.embed(model, ['hi'], limited.signal));
      // With another profile than it was loaded with, some engines would load it again.
      const profile = loadedOf(state.lifecycle)?.profile ?? {};
      const request = { model, messages: [{ role: 'user', content: 'hi' }], options: { max_tokens: 1 }, profile } as const;
      for await (const part of engine.stream(request, limited.signal)) if (part.type !== 'reading') return;
    });
    return { outcome: 'answered', reason: 'a token came' };
  } catch (error) {
    if (error instanceof Problem && error.code === 'model_wedged') return { outcome: 'silent', reason: error.detail };
    return { outcome: 'unclear', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Tries one token in a place that is held, and tells the deployment what that shows. */
async function examineInPlace(options: WedgeOptions, suspect: Suspect): Promise<void> {
  const { deployment, description } = suspect;
  const loaded = loadedOf(deployment.state.lifecycle);
  if (!loaded) return;
  const startedMs = options.clock.monotonic();
  const { outcome, reason } = await tryToken(options, suspect);
  // Another answer got its tokens meanwhile: slow, and not wedged.
  const isAlive = (deployment.record.lastTokenMs ?? Number.NEGATIVE_INFINITY) >= startedMs;
  const seen = outcome === 'silent' && isAlive ? 'unclear' : outcome;
  const level = seen === 'silent' ? 'warn' : 'info';
  options.log({ level, name: 'wedge-probe', model: description.name, engine: deployment.engine.id, outcome: seen, reason });
  if (seen !== 'silent') return;
  const words = `in memory, and ${reason} though its engine says that it is well`;
  deployment.dispatch({ type: 'wedge-found', loadId: loaded.loadId, reason: words });
}

/** Works in a place of its own, as background work that gives way to requests. */
async function takePlace(
  { randomness }: WedgeOptions,
  deployment: Deployment,
  work: (description: ModelDescription, revoked: AbortSignal) => Promise<void>,
): Promise<void> {
  const description = deployment.names.values().next().value;
  if (!description) return;
  const waiter = { id: randomness.id(), priority: 'background', label: 'a check of whether it answers', model: description.name } as const;
  using ticket = deployment.enter(waiter, () => {});
  try {
    await ticket.granted;
  } catch {
    return;
  }
  await work(description, ticket.revoked);
}
