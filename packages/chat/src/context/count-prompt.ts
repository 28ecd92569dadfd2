import type { Message, PromptPlace, TokenBasis } from '@pilotlight/contract';

import { estimatePrompt, mostTokens } from './estimate-tokens.ts';
import { outputReserve } from './output-reserve.ts';
import type { TokenScales } from './token-scales.ts';

/** How tokens are counted at one place, and how many there may be. */
export interface Counter {
  readonly basis: TokenBasis;
  /** Tokens for each that is guessed. */
  readonly scale: number;
  readonly window: number | undefined;
  readonly reserve: number | undefined;
  /** What the prompt may have; undefined: nobody knows of a limit. */
  readonly budget: number | undefined;
  tokens(messages: readonly Message[]): number;
}

export interface CountOptions {
  readonly place: Pick<PromptPlace, 'model' | 'window' | 'count' | 'refused'>;
  readonly scales: TokenScales;
  /** All that would be sent if there were no limit. */
  readonly messages: readonly Message[];
  readonly maxTokens: number | undefined;
  /** What was guessed of the prompt that the engine refused. */
  readonly refusedGuess: number | undefined;
  /** Also what fits in any case. */
  readonly countsAll?: boolean;
}

/** How much of the room is used, by how sure the count is. */
const SHARE: Readonly<Record<TokenBasis, number>> = { exact: 1, learned: 0.95, estimated: 0.9 };
/** What an engine refuses without figures has to be shorter by so much each time. */
const SHRINK = 0.75;

/** Counts with the engine where it can and it matters; else by what was learned of the model; else by guessing. */
export async function createCounter(options: CountOptions): Promise<Counter> {
  const { place, maxTokens } = options;
  const { refused } = place;
  const window = refused?.window ?? place.window;
  const { basis, scale } = await toScale(options, window);
  const reserve = window === undefined ? undefined : outputReserve(window, maxTokens);
  const shrink = refused === undefined || refused.promptTokens !== undefined ? 1 : SHRINK ** refused.times;
  const budget = window === undefined || reserve === undefined ? undefined : Math.floor((window - reserve) * SHARE[basis] * shrink);
  return { basis, scale, window, reserve, budget, tokens: (messages) => Math.ceil(estimatePrompt(messages) * scale) };
}

async function toScale(
  { place, scales, messages, maxTokens, refusedGuess, countsAll }: CountOptions,
  window: number | undefined,
): Promise<Pick<Counter, 'basis' | 'scale'>> {
  const told = place.refused?.promptTokens;
  if (told !== undefined && refusedGuess !== undefined && refusedGuess > 0) return { basis: 'learned', scale: told / refusedGuess };
  // What fits whatever a tokenizer makes of it need not be counted before it is sent.
  const isSmall = countsAll !== true && window !== undefined && mostTokens(messages) <= window - outputReserve(window, maxTokens);
  const counted = isSmall ? undefined : await place.count(messages);
  if (counted !== undefined) return { basis: 'exact', scale: counted / Math.max(1, estimatePrompt(messages)) };
  const learned = scales.of(place.model);
  return learned === undefined ? { basis: 'estimated', scale: 1 } : { basis: 'learned', scale: learned };
}
