/** What of a conversation is sent. Pure: the tokens of each turn come from whoever can count them. */

/** A question with its answers. */
export interface CountedTurn {
  readonly tokens: number;
}

export interface FitOptions {
  /** In their order; the last one ends with the question that is to be answered. */
  readonly turns: readonly CountedTurn[];
  /** Of the system prompt, and whatever else is sent in any case. */
  readonly fixedTokens: number;
  /** What the prompt may have. Undefined: nobody knows of a limit. */
  readonly budget: number | undefined;
}

export type Fit =
  | { readonly outcome: 'whole'; readonly tokens: number }
  /** The turns from `from` up to and without `until` are left out. */
  | { readonly outcome: 'cut'; readonly tokens: number; readonly from: number; readonly until: number; readonly leftOutTokens: number }
  /** Not even the last question fits. */
  | { readonly outcome: 'too_long'; readonly tokens: number; readonly leastTokens: number };

/** The first turn stays if it takes no more than this share of the budget: it says what the conversation is about. */
const FIRST_SHARE = 0.25;
/** What is left out grows in steps of this share, so that the beginning of the prompt, which an engine need not read again, stays for several answers. */
const STEP_SHARE = 0.25;

/** Decides which of the oldest turns are left out: none if all fit, else as few as free a whole step, and never the last one. */
export function fitContext({ turns, fixedTokens, budget }: FitOptions): Fit {
  const tokens = fixedTokens + sum(turns);
  if (budget === undefined || tokens <= budget) return { outcome: 'whole', tokens };
  const last = turns.length - 1;
  const leastTokens = fixedTokens + (turns[last]?.tokens ?? 0);
  if (leastTokens > budget) return { outcome: 'too_long', tokens, leastTokens };
  const from = keepsFirst(turns, leastTokens, budget) ? 1 : 0;
  const step = Math.max(1, Math.floor(budget * STEP_SHARE));
  const wanted = Math.ceil((tokens - budget) / step) * step;
  let leftOutTokens = 0;
  let until = from;
  for (; until < last && leftOutTokens < wanted; until += 1) leftOutTokens += turns[until]?.tokens ?? 0;
  return { outcome: 'cut', tokens: tokens - leftOutTokens, from, until, leftOutTokens };
}

function keepsFirst(turns: readonly CountedTurn[], leastTokens: number, budget: number): boolean {
  const first = turns[0]?.tokens ?? 0;
  return turns.length > 2 && first <= budget * FIRST_SHARE && leastTokens + first <= budget;
}

function sum(turns: readonly CountedTurn[]): number {
  return turns.reduce((total, { tokens }) => total + tokens, 0);
}
