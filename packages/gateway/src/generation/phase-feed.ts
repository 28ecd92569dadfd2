import type { Clock, PhasePart } from '@pilotlight/contract';

import type { Bell } from './bell.ts';

/** The way to an answer as a picture that changes: turns it into parts, at most four a second, and one at least every 10 s while it stands still. */
export interface PhaseFeed extends Disposable {
  /** What there is to see from now on; undefined: nothing, until the next picture. */
  show(picture: (() => PhasePart) | undefined): void;
  /** The picture may look different now. */
  changed(): void;
  /** The part that is due, if one is. When one falls due later, the bell rings. */
  take(): PhasePart | undefined;
  /** Called about once a second; the feed has the only timer of a generation. */
  onSecond(work: (() => void) | undefined): void;
}

const SECOND_MS = 1_000;
const BETWEEN_MS = 250;
/** With the second between two looks, never more than 10 s pass. */
const STANDSTILL_MS = 9_000;

export function createPhaseFeed(clock: Clock, bell: Bell): PhaseFeed {
  let picture: (() => PhasePart) | undefined;
  let last: PhasePart | undefined;
  let sentAt = Number.NEGATIVE_INFINITY;
  let mayDiffer = false;
  let everySecond: (() => void) | undefined;
  let soon: Disposable | undefined;
  let second = clock.after(SECOND_MS, tick);

  function tick(): void {
    second = clock.after(SECOND_MS, tick);
    everySecond?.();
    if (picture && clock.monotonic() - sentAt >= STANDSTILL_MS) bell.ring();
  }

  function send(part: PhasePart): PhasePart {
    last = part;
    sentAt = clock.monotonic();
    mayDiffer = false;
    return part;
  }

  function ringIn(delayMs: number): void {
    soon ??= clock.after(delayMs, () => {
      soon = undefined;
      bell.ring();
    });
  }

  return {
    show(next) {
      picture = next;
      mayDiffer = next !== undefined;
      if (next) bell.ring();
      else last = undefined;
    },
    changed() {
      mayDiffer = picture !== undefined;
      if (mayDiffer) bell.ring();
    },
    take() {
      if (!picture) return undefined;
      const ageMs = clock.monotonic() - sentAt;
      if (!mayDiffer && ageMs < STANDSTILL_MS) return undefined;
      const part = picture();
      if (isSame(part, last)) {
        mayDiffer = false;
        return ageMs < STANDSTILL_MS ? undefined : send(part);
      }
      if (part.phase === last?.phase && ageMs < BETWEEN_MS) {
        // Whole milliseconds: a clock that is read in fractions would ring at once, for ever.
        ringIn(Math.ceil(BETWEEN_MS - ageMs));
        return undefined;
      }
      return send(part);
    },
    onSecond(work) {
      everySecond = work;
    },
    [Symbol.dispose]() {
      second[Symbol.dispose]();
      soon?.[Symbol.dispose]();
      everySecond = undefined;
      picture = undefined;
    },
  };
}

/** Whether a reader would see no difference; that an estimate has come nearer is shown with the next part. */
function isSame(a: PhasePart, b: PhasePart | undefined): boolean {
  return (
    b !== undefined &&
    a.phase === b.phase &&
    a.model === b.model &&
    a.reason === b.reason &&
    a.progress === b.progress &&
    a.position === b.position &&
    a.tokens_done === b.tokens_done &&
    a.eta?.basis === b.eta?.basis
  );
}
