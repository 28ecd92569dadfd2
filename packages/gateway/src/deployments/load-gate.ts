import type { Clock, Engine } from '@pilotlight/contract';

import type { Cause } from '../lifecycle/state.ts';
import type { Standing } from '../memory/holding.ts';
import { standingOf } from '../memory/holding.ts';
import type { Ledger } from '../memory/ledger.ts';
import { toTooLarge, toWaitWords } from '../memory/memory-words.ts';
import type { Resampling } from '../memory/resampling.ts';
import { decideAdmission } from '../scheduling/admission.ts';
import type { Asker, Move, Pool, Situation } from '../scheduling/admission.ts';
import { oldestOf, weightOf } from '../scheduling/queue.ts';
import { isBusyForNobody } from '../scheduling/step.ts';
import type { Settings } from '../settings.ts';
import type { Deployment } from './deployment.ts';

/** Lets loads in, so many at once for each engine and as memory allows, and has idle models unloaded for them. Carries out what `decideAdmission` decides. */
export interface LoadGate extends Disposable {
  /** Ends in one `admit` or one `refuse`, now or later. Disposing gives the place and its reservation back, or leaves the line. */
  ask(asker: LoadAsker): Disposable;
  /** Whose load is going on, for those who wait. */
  readonly ahead: (engine: string) => string | undefined;
  /** Something changed that those who wait may have waited for. */
  review(): void;
  /** What a deployment holds that its phase does not show; undefined: its phase is right. */
  readonly standingNow: (deployment: Deployment) => Standing | undefined;
}

export interface LoadAsker {
  readonly deployment: Deployment;
  readonly model: string;
  /** For what, in words. */
  readonly by: string;
  readonly isInMemory: boolean;
  /** A person said so: what ran out of memory before is tried again. */
  readonly insists: boolean;
  readonly admit: () => void;
  readonly refuse: (cause: Cause) => void;
  /** It waits, and why, in words that follow the model's name. */
  readonly wait: (reason: string) => void;
}

export interface LoadGateOptions {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly placesOf: (engine: Engine) => number;
  readonly deployments: () => Iterable<Deployment>;
  readonly ledger: () => Ledger;
  readonly resampling: () => Resampling;
}

interface Entry extends LoadAsker {
  readonly id: number;
  readonly askedAtMs: number;
  isChosen: boolean;
}

/** A victim that did not go when told to is told again after so long. */
const ASK_AGAIN_MS = 1_000;

type Entries = Map<number, Entry>;

interface Line {
  readonly waiting: Entries;
  readonly inside: Entries;
}

export function createLoadGate(options: LoadGateOptions): LoadGate {
  const { clock } = options;
  const line: Line = { waiting: new Map(), inside: new Map() };
  const { waiting, inside } = line;
  const review = { isGoingOn: false, isWanted: false, isOver: false };
  let lastId = 0;
  let timer: Disposable | undefined;

  function reviewAll(): void {
    review.isWanted = true;
    if (review.isGoingOn || review.isOver) return;
    review.isGoingOn = true;
    try {
      while (review.isWanted && waiting.size > 0) {
        review.isWanted = false;
        reviewOnce();
      }
    } finally {
      review.isGoingOn = false;
    }
    if (waiting.size === 0) timer?.[Symbol.dispose]();
  }

  function reviewOnce(): void {
    timer?.[Symbol.dispose]();
    const resampling = options.resampling();
    // What left memory or came into it is seen on the machine before anything is decided by what is free there.
    if (resampling.isDue()) return void resampling.run().then(reviewAll);
    const moves = decideAdmission(toSituation(options, line));
    const nowMs = clock.monotonic();
    const times = moves.flatMap((move) => enact(options, line, move) ?? []);
    if (times.length > 0) timer = clock.after(Math.max(1, Math.ceil(Math.min(...times) - nowMs)), reviewAll);
  }

  return {
    ask(asker) {
      const id = (lastId += 1);
      waiting.set(id, { ...asker, id, askedAtMs: clock.monotonic(), isChosen: false });
      const cause = asker.insists ? undefined : refusalOf(options.ledger(), asker);
      if (cause) {
        waiting.delete(id);
        asker.refuse(cause);
      } else reviewAll();
      return {
        [Symbol.dispose]() {
          // The deployment says itself what has become of it; until it has, its phase is that of a load.
          if (waiting.delete(id) || inside.delete(id)) void Promise.resolve().then(reviewAll);
        },
      };
    },
    ahead: (engine) => insideOf(line, engine)[0]?.model,
    review() {
      if (waiting.size > 0) reviewAll();
      // So that a dry run, and the next who asks, find figures that are true.
      else if (!review.isOver && options.resampling().isDue()) void options.resampling().run();
    },
    standingNow: (deployment) => standingIn(line, deployment),
    [Symbol.dispose]() {
      review.isOver = true;
      timer?.[Symbol.dispose]();
    },
  };
}

/** Carries one decision out. Returns when to look again, if nothing happens before. */
function enact({ clock, deployments, ledger }: LoadGateOptions, { waiting, inside }: Line, move: Move): number | undefined {
  const entry = waiting.get(move.asker.id);
  if (!entry) return undefined;
  switch (move.type) {
    case 'admit':
      waiting.delete(entry.id);
      inside.set(entry.id, entry);
      entry.admit();
      return undefined;
    case 'refuse':
      waiting.delete(entry.id);
      entry.refuse({
        ...toTooLarge(move.asker.needsBytes ?? 0, move.freeBytes, move.plan),
        facts: { would_fit: ledger().waysToFit(entry.deployment, entry.model, move.plan) },
      });
      return undefined;
    case 'wait':
      if (move.plan) entry.wait(toWaitWords(move.plan));
      return move.againAtMs;
    case 'unload': {
      entry.isChosen = true;
      const reason = `to make room for ${entry.model}`;
      const keys = new Set(move.victims.map(({ key }) => key));
      for (const deployment of [...deployments()]) {
        if (!keys.has(deployment.key)) continue;
        const drains = move.drains || isBusyForNobody(deployment.state);
        deployment.dispatch({ type: 'make-room', reason, by: entry.by, drains });
      }
      return clock.monotonic() + ASK_AGAIN_MS;
    }
  }
}

function toSituation({ clock, settings, placesOf, ...options }: LoadGateOptions, line: Line): Situation {
  const ledger = options.ledger();
  const pools = new Map<string, Pool>();
  const placesLeft = new Map<string, number>();
  const askers = [...line.waiting.values()].map((entry): Asker => {
    const { deployment, model } = entry;
    const { engine } = deployment;
    const pool = ledger.poolOf(engine);
    if (pool !== undefined && !pools.has(pool)) {
      const holders = ledger.holdersOf(pool);
      const free = ledger.freeOf(pool, holders);
      // Where the budget is what limits, nothing is gained by waiting for the machine.
      const { freeBytes: recoveredBytes } = ledger.freeOf(pool, holders, options.resampling().recoveringOf(pool));
      pools.set(pool, { holders, ...free, recoveringBytes: recoveredBytes === free.freeBytes ? 0 : recoveredBytes - free.freeBytes });
    }
    placesLeft.set(engine.id, placesOf(engine) - insideOf(line, engine.id).length);
    const needsBytes = ledger.askedOf(deployment, model);
    const takesGraphics = ledger.takesGraphics(deployment, model);
    const { queue } = deployment.state;
    const sinceMs = Math.min(entry.askedAtMs, oldestOf(queue) ?? entry.askedAtMs);
    const loadMs = deployment.record.loadMs.median() ?? 0;
    return { ...entry, key: deployment.key, engine: engine.id, pool, needsBytes, takesGraphics, sinceMs, loadMs, weight: weightOf(queue) };
  });
  const { maxSwapWaitMs: maxWaitMs, minResidencyMs } = settings;
  return { nowMs: clock.monotonic(), askers, pools, placesLeft, maxWaitMs, minResidencyMs };
}

function insideOf({ inside }: Line, engine: string): readonly Entry[] {
  return [...inside.values()].filter((entry) => entry.deployment.engine.id === engine);
}

function standingIn({ waiting, inside }: Line, { key, state }: Deployment): Standing | undefined {
  const find = (entries: Entries): Entry | undefined => [...entries.values()].find((entry) => entry.deployment.key === key);
  const own = find(inside);
  if ((own ?? find(waiting))?.isInMemory) return 'stuck';
  return own && standingOf(state.lifecycle) === 'out' ? 'loading' : undefined;
}

/** Why it is not even asked for: it ran out of memory, and there is no more of it than then. */
function refusalOf(ledger: Ledger, { deployment, model }: LoadAsker): Cause | undefined {
  const pool = ledger.poolOf(deployment.engine);
  const mostBytes = pool === undefined ? Number.POSITIVE_INFINITY : ledger.mostOf(pool);
  return ledger.quarantine.refusal(ledger.keyOf(deployment, model), mostBytes);
}
