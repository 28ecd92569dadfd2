import { EngineError } from '@pilotlight/contract';
import type { Clock, Engine, EngineView, ModelDescription, ResidentModel } from '@pilotlight/contract';

import { withTimeLimit } from '../deployments/time-limit.ts';
import type { Cause, Moment } from '../lifecycle/state.ts';
import type { Log } from '../log.ts';
import { followReachability } from './reachability.ts';
import type { Reachability } from './reachability.ts';
import { repeat } from './repeat.ts';

/** What a look at an engine showed. `askedAt` is from before it was asked. */
export interface Listing {
  readonly models: readonly ModelDescription[];
  readonly askedAt: Moment;
}
export interface Residency {
  readonly residents: readonly ResidentModel[];
  readonly askedAt: Moment;
}

export interface WatchOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Log;
  /** It came, it went, or it was looked at for the first time. */
  readonly onStatus: () => void;
  /** It does not answer; repeated with every check. */
  readonly onAway: (cause: Cause) => void;
  readonly onListing: (listing: Listing) => void;
  readonly onResidency: (residency: Residency) => void;
  /** It answers, and twice in a row did not say what is in memory: so an Ollama looks whose runner hangs. */
  readonly onBlind: () => void;
}

export interface EngineWatch extends Disposable {
  readonly engine: Engine;
  readonly view: EngineView;
  /** Whether its list of models was ever read. */
  readonly isListed: boolean;
  /** Why it cannot be used now; undefined while it answers. */
  readonly away: Cause | undefined;
  /** Something went wrong with it, or changed: look now. Resolves when it was looked at. */
  look(): Promise<void>;
}

const RESIDENT_PERIOD_MS = 2_000;
const RESIDENT_LIMIT_MS = 3_000;
const LIST_PERIOD_MS = 10_000;
const LIST_LIMIT_MS = 10_000;

/**
 * Follows one engine: whether it is there, what it has, what is in memory. Each question has its own loop and its own limit, so that an engine that
 * hangs on one of them delays neither the others nor anybody else. One that pushes events is asked for its models only when it says so.
 */
export function watchEngine(options: WatchOptions): EngineWatch {
  const { engine, clock, log } = options;
  const moment = (): Moment => ({ wallMs: clock.now(), monotonicMs: clock.monotonic() });
  const isPolled = engine.observation === 'poll';
  let isListed = false;
  let wasSeen = false;
  let isOver = false;
  let blindLooks = 0;

  const reachability = followReachability({ engine, clock, onCheck });
  const listing = repeat({ clock, periodMs: isPolled ? LIST_PERIOD_MS : undefined, work: list });
  const residency = repeat({ clock, periodMs: isPolled ? RESIDENT_PERIOD_MS : undefined, work: askResidents });

  function onCheck(changed: boolean): void {
    const { away, view } = reachability;
    if (changed) logStatus(log, view, wasSeen);
    if (changed) options.onStatus();
    wasSeen ||= !away;
    if (away) options.onAway(away);
    else if (changed || !isListed) void listing.now();
  }

  async function list(): Promise<void> {
    if (reachability.away) return;
    const askedAt = moment();
    try {
      const models = await ask(clock, LIST_LIMIT_MS, (signal) => engine.list(signal));
      if (isOver || reachability.away) return;
      isListed = true;
      options.onListing({ models, askedAt });
      await residency.now();
    } catch (error) {
      if (!isOver) report('list', error, { ...options, reachability });
    }
  }

  async function askResidents(): Promise<void> {
    if (reachability.away || !isListed) return;
    const askedAt = moment();
    try {
      const residents = await ask(clock, RESIDENT_LIMIT_MS, (signal) => engine.resident(signal));
      blindLooks = 0;
      if (!isOver && !reachability.away) options.onResidency({ residents, askedAt });
    } catch (error) {
      // Silence says nothing about what is in memory: what was known stays.
      if (isOver) return;
      report('resident', error, { ...options, reachability });
      blindLooks += 1;
      if (blindLooks >= 2 && !reachability.away) options.onBlind();
    }
  }

  return {
    engine,
    get view() {
      return reachability.view;
    },
    get isListed() {
      return isListed;
    },
    get away() {
      return reachability.away;
    },
    async look() {
      await reachability.check();
      await listing.now();
    },
    [Symbol.dispose]() {
      isOver = true;
      reachability[Symbol.dispose]();
      listing[Symbol.dispose]();
      residency[Symbol.dispose]();
    },
  };
}

interface Reporting extends Pick<WatchOptions, 'engine' | 'log'> {
  readonly reachability: Reachability;
}

function report(doing: string, error: unknown, { engine, log, reachability }: Reporting): void {
  if (error instanceof EngineError && error.failure === 'unreachable') void reachability.check();
  else log({ level: 'warn', name: 'fault', engine: engine.id, doing, cause: error });
}

/** An engine that was never there may not be meant to be: only that one has gone is a warning. */
function logStatus(log: Log, { id, address, reachable, reason }: EngineView, wasSeen: boolean): void {
  log({ level: reachable || !wasSeen ? 'info' : 'warn', name: 'engine', engine: id, address, reachable, reason });
}

function ask<T>(clock: Clock, limitMs: number, question: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const reason = () => new EngineError('unreachable', `no answer within ${limitMs / 1000} s`);
  return withTimeLimit({ clock, limitMs, reason, graceMs: 0 }, ({ signal }) => question(signal));
}
