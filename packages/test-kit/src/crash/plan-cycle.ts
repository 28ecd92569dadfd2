import { createSeededRandomness } from '../seeded-randomness.ts';
import type { SeededRandomness } from '../seeded-randomness.ts';

/** When the server is killed. */
export type KillInstant =
  | { readonly kind: 'after-spawn'; readonly ms: number }
  | { readonly kind: 'after-listening'; readonly ms: number }
  /** The moment a client was told so many things: right after an acknowledgement, or in the middle of a stream. */
  | { readonly kind: 'after-events'; readonly event: 'acknowledged' | 'shown'; readonly count: number };

/** How one answer is read: the connection is left after so many parts each time, and taken up again where it was. */
export interface Reading {
  readonly leaveAfter: readonly number[];
  /** A second reader follows from the beginning. */
  readonly isTwice: boolean;
  /** Stopped after so many parts. */
  readonly stopAfter: number | undefined;
}

export type Move =
  | { readonly kind: 'ask'; readonly isRepeated: boolean; readonly isNew: boolean }
  /** The question is asked otherwise: a branch. `chance` picks which. */
  | { readonly kind: 'edit'; readonly chance: number }
  | { readonly kind: 'regenerate'; readonly chance: number };

export interface PlannedMove {
  readonly move: Move;
  readonly tokens: number;
  readonly reading: Reading;
}

export interface CyclePlan {
  readonly kill: KillInstant;
  /** The pilot answers instead of the fake engine. */
  readonly usesPilot: boolean;
  /** One list for each client. */
  readonly moves: readonly (readonly PlannedMove[])[];
}

const MOVES = 60;
/** Every so many cycles the real engine runs. */
const PILOT_EVERY = 10;

/** What happens in one cycle: a function of seed and cycle alone. How far it gets before the kill is up to the machine. */
export function planCycle(seed: number, cycle: number, clients: number): CyclePlan {
  const randomness = createSeededRandomness(Math.imul(seed ^ 0x9e_37_79_b9, cycle + 1));
  return {
    kill: planKill(randomness),
    usesPilot: cycle % PILOT_EVERY === PILOT_EVERY - 1,
    moves: Array.from({ length: clients }, () => Array.from({ length: MOVES }, () => planMove(randomness))),
  };
}

function planKill(randomness: SeededRandomness): KillInstant {
  const draw = randomness.next();
  if (draw < 0.12) return { kind: 'after-spawn', ms: randomness.between(50, 900) };
  if (draw < 0.3) return { kind: 'after-events', event: 'acknowledged', count: randomness.between(1, 30) };
  if (draw < 0.45) return { kind: 'after-events', event: 'shown', count: randomness.between(1, 600) };
  return { kind: 'after-listening', ms: randomness.between(0, 1_800) };
}

function planMove(randomness: SeededRandomness): PlannedMove {
  const draw = randomness.next();
  const chance = randomness.next();
  const move: Move =
    draw < 0.6
      ? { kind: 'ask', isRepeated: randomness.chance(0.25), isNew: randomness.chance(0.15) }
      : draw < 0.78
        ? { kind: 'edit', chance }
        : { kind: 'regenerate', chance };
  return {
    move,
    tokens: randomness.between(3, 90),
    reading: {
      leaveAfter: randomness.chance(0.4) ? Array.from({ length: randomness.between(1, 4) }, () => randomness.between(1, 20)) : [],
      isTwice: randomness.chance(0.2),
      stopAfter: randomness.chance(0.2) ? randomness.between(0, 15) : undefined,
    },
  };
}
