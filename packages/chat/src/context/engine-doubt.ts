import type { TokenBasis } from '@pilotlight/contract';

export interface Reading {
  /** What was sent, by our own count. */
  readonly sentTokens: number;
  readonly basis: TokenBasis;
  readonly window: number | undefined;
  /** What the engine says it has read and written. */
  readonly promptTokens: number | undefined;
  readonly completionTokens: number | undefined;
}

/** Below this share of what was sent, something of it was not read. What was only guessed may be wrong by much. */
const LEAST_SHARE: Readonly<Record<TokenBasis, number>> = { exact: 0.95, learned: 0.6, estimated: 0.4 };
/** A template, an empty prompt: too little to judge by. */
const FEWEST_TOKENS = 200;

/** Whether the figures of an engine say that it has left something out by itself, as a sentence. */
export function engineDoubt({ sentTokens, basis, window, promptTokens, completionTokens }: Reading): string | undefined {
  if (promptTokens === undefined) return undefined;
  if (sentTokens >= FEWEST_TOKENS && promptTokens < sentTokens * LEAST_SHARE[basis]) {
    const about = basis === 'exact' ? '' : 'about ';
    return `The engine read ${say(promptTokens)} tokens where ${about}${say(sentTokens)} were sent: it left some of them out.`;
  }
  const all = promptTokens + (completionTokens ?? 0);
  if (window === undefined || all <= window) return undefined;
  return `Question and answer have ${say(all)} tokens together, more than the ${say(window)} of the window: the engine forgot the beginning while it answered.`;
}

function say(tokens: number): string {
  return Math.round(tokens).toLocaleString('en');
}
