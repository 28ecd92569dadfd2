import type { Clock } from '@pilotlight/contract';

/** What an engine sees of its user's patience: whatever keeps silent is to be let go of in time. */
export interface Patience {
  /** An exchange is open until it is disposed of. */
  begin(kind: ExchangeKind, model: string): Exchange;
  /** Those that are kept longer than their deadline, in words. */
  outlived(): readonly string[];
}

export type ExchangeKind = 'load' | 'answer' | 'one token';

export interface Exchange extends Disposable {
  /** A token, or progress. */
  sign(): void;
}

export interface PatienceOptions {
  readonly clock: Clock;
  readonly loadStallMs: number;
}

/** docs/ARCHITECTURE.md, "Deadlines"; no prompt of these worlds is so long, and no pace so slow, that the floors do not decide. */
const FIRST_TOKEN_MS = 30_000;
const GAP_MS = 20_000;
const WARM_UP_MS = 120_000;
const SLACK_MS = 1_000;

export function createPatience({ clock, loadStallMs }: PatienceOptions): Patience {
  const open = new Set<{ readonly look: () => void }>();
  const outlived: string[] = [];

  return {
    begin(kind, model) {
      let sinceMs = clock.monotonic();
      let signs = 0;
      function look(): void {
        const limitMs = kind === 'load' ? loadStallMs : kind === 'one token' ? WARM_UP_MS : signs === 0 ? FIRST_TOKEN_MS : GAP_MS;
        const silentMs = clock.monotonic() - sinceMs;
        if (silentMs > limitMs + SLACK_MS) outlived.push(`${kind} of ${model} was silent for ${silentMs} ms and not let go of`);
      }
      const entry = { look };
      open.add(entry);
      return {
        sign() {
          look();
          sinceMs = clock.monotonic();
          signs += 1;
        },
        [Symbol.dispose]() {
          if (open.delete(entry)) look();
        },
      };
    },
    outlived() {
      for (const { look } of open) look();
      return outlived;
    },
  };
}
