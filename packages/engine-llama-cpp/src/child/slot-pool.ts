/** What the choice of a slot rests on. */
export interface SlotState {
  /** Tokens that it has read and written last. */
  readonly length: number;
  /** How many of them, from the first, the new prompt begins with. */
  readonly commonPrefix: number;
  /** A number that grows with each use; 0: never used. */
  readonly lastUse: number;
}

/**
 * Chooses among free slots: the one that remembers most of the prompt, if that is at least half of what it remembers; else one that remembers
 * nothing, else the one whose conversation is the oldest. So a new conversation that shares only a system prompt does not wipe out another one.
 */
export function pickSlot(slots: readonly SlotState[]): number | undefined {
  const ranked = slots.map((slot, index) => ({ ...slot, index }));
  const continued = ranked.filter((slot) => slot.commonPrefix > 0 && slot.commonPrefix * 2 >= slot.length);
  const best = continued.toSorted((left, right) => right.commonPrefix - left.commonPrefix || right.lastUse - left.lastUse)[0];
  return (best ?? ranked.toSorted((left, right) => left.lastUse - right.lastUse)[0])?.index;
}

/** One place in which an answer can be written. */
export interface Slot<Sequence> {
  readonly sequence: Sequence;
  lastUse: number;
}

/** The right to use a slot, given back by `using`. */
export interface SlotGrant<Sequence> extends Disposable {
  readonly sequence: Sequence;
}

export interface SlotPool<Sequence> {
  /** Waits, first come first served, until a slot is free. Undefined if too many wait already. Rejects with the signal's reason. */
  acquire(state: (sequence: Sequence) => Omit<SlotState, 'lastUse'>, signal: AbortSignal): Promise<SlotGrant<Sequence>> | undefined;
}

const MOST_WAITING = 256;

/** Hands out sequences, each to one answer at a time. */
export function createSlotPool<Sequence>(sequences: readonly Sequence[]): SlotPool<Sequence> {
  const free: Slot<Sequence>[] = sequences.map((sequence) => ({ sequence, lastUse: 0 }));
  const waiting: (() => void)[] = [];
  let uses = 0;

  function grant(state: (sequence: Sequence) => Omit<SlotState, 'lastUse'>): SlotGrant<Sequence> {
    const index = pickSlot(free.map((slot) => ({ ...state(slot.sequence), lastUse: slot.lastUse }))) ?? 0;
    const [slot] = free.splice(index, 1);
    if (slot === undefined) throw new Error('a slot was granted while none was free');
    let isGivenBack = false;
    return {
      sequence: slot.sequence,
      [Symbol.dispose]() {
        if (isGivenBack) return;
        isGivenBack = true;
        uses += 1;
        slot.lastUse = uses;
        free.push(slot);
        waiting.shift()?.();
      },
    };
  }

  return {
    acquire(state, signal) {
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      if (free.length > 0 && waiting.length === 0) return Promise.resolve(grant(state));
      if (waiting.length >= MOST_WAITING) return undefined;
      const { promise, resolve, reject } = Promise.withResolvers<SlotGrant<Sequence>>();
      const turn = (): void => {
        signal.removeEventListener('abort', leave);
        resolve(grant(state));
      };
      const leave = (): void => {
        const index = waiting.indexOf(turn);
        if (index !== -1) waiting.splice(index, 1);
        reject(signal.reason as Error);
      };
      waiting.push(turn);
      signal.addEventListener('abort', leave, { once: true });
      return promise;
    },
  };
}
