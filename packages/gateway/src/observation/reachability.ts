import { EngineError, toTimestamp } from '@pilotlight/contract';
import type { Clock, Engine, EngineStatus, EngineView } from '@pilotlight/contract';

import { withTimeLimit } from '../deployments/time-limit.ts';
import type { Cause } from '../lifecycle/state.ts';
import { toStatusWords } from './engine-words.ts';
import { repeat } from './repeat.ts';

export interface Reachability extends Disposable {
  readonly view: EngineView;
  /** Why the engine cannot be used now; undefined while it answers. */
  readonly away: Cause | undefined;
  /** Checks now; resolves when the check has ended. */
  check(): Promise<void>;
}

export interface ReachabilityOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  /** Called after every check; `changed`: it came, it went, or this was the first. */
  readonly onCheck: (changed: boolean) => void;
}

/** Short enough that an engine that went or came is known within 3 s, with the limit in between. */
const PERIOD_MS = 1_000;
const LIMIT_MS = 2_500;
/** A check that took so long ran into a limit. A busy machine does that too: it takes two in a row to mean that the engine is away. */
const SLOW_MS = 1_500;

/** Follows whether one engine answers. */
export function followReachability({ engine, clock, onCheck }: ReachabilityOptions): Reachability {
  let status: EngineStatus = { reachable: false, address: engine.id, durationMs: 0 };
  let checkedAt: number | undefined;
  let since = clock.now();
  let wasSeen = false;
  let wasSlow = false;
  const loop = repeat({ clock, periodMs: PERIOD_MS, work: check });
  let isOver = false;

  async function check(): Promise<void> {
    const seen = await ask();
    if (isOver) return;
    const isFirst = checkedAt === undefined;
    checkedAt = clock.now();
    const isSlow = !seen.reachable && seen.durationMs >= SLOW_MS;
    const isInDoubt = status.reachable && isSlow && !wasSlow;
    wasSlow = isSlow;
    if (isInDoubt) return;
    const changed = isFirst || seen.reachable !== status.reachable;
    // The words of the first failure stand while it lasts, so that a wait of minutes does not flicker.
    if (changed || seen.reachable || seen.reason !== status.reason) status = seen;
    if (changed) since = checkedAt;
    wasSeen ||= seen.reachable;
    onCheck(changed);
  }

  async function ask(): Promise<EngineStatus> {
    const startedMs = clock.monotonic();
    const reason = () => new EngineError('unreachable', 'no answer');
    try {
      return await withTimeLimit({ clock, limitMs: LIMIT_MS, reason, graceMs: 0 }, ({ signal }) => engine.check(signal));
    } catch (error) {
      const words = error instanceof EngineError ? error.message : 'the check failed';
      return { reachable: false, address: status.address, reason: words, durationMs: clock.monotonic() - startedMs };
    }
  }

  function words(): string {
    return checkedAt === undefined ? 'not tried yet' : toStatusWords(engine, status, wasSeen);
  }

  return {
    get view() {
      return {
        id: engine.id,
        kind: engine.kind,
        address: status.address,
        reachable: status.reachable,
        ...(status.version !== undefined && { version: status.version }),
        reason: words(),
        since: toTimestamp(since),
        ...(checkedAt !== undefined && { checked_at: toTimestamp(checkedAt) }),
      };
    },
    get away(): Cause | undefined {
      return status.reachable ? undefined : { code: 'engine_unreachable', detail: words(), source: 'upstream' };
    },
    check: () => loop.now(),
    [Symbol.dispose]() {
      isOver = true;
      loop[Symbol.dispose]();
    },
  };
}
