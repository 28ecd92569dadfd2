import type { Clock } from '@pilotlight/contract';

import type { ContinuationVerdict } from '../generation/prove-continuation.ts';

/** What was found out about whether the models of a deployment go on from a beginning, by name: names on the same weights may have other templates. */
export interface Continuations {
  /** Undefined: not tried, or too long ago. */
  of(model: string): ContinuationVerdict | undefined;
  note(model: string, verdict: ContinuationVerdict): void;
  /** What its engine says of it changed. */
  forget(): void;
}

/** A server may be renewed behind our back. */
const KEPT_MS = 12 * 3_600_000;
const UNCLEAR_KEPT_MS = 600_000;

export function createContinuations(clock: Clock): Continuations {
  const known = new Map<string, { readonly verdict: ContinuationVerdict; readonly untilMs: number }>();
  return {
    of(model) {
      const entry = known.get(model);
      return entry && clock.monotonic() < entry.untilMs ? entry.verdict : undefined;
    },
    note(model, verdict) {
      known.set(model, { verdict, untilMs: clock.monotonic() + (verdict === 'unclear' ? UNCLEAR_KEPT_MS : KEPT_MS) });
    },
    forget: () => known.clear(),
  };
}
