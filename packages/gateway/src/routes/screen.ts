import { Problem } from '@pilotlight/contract';
import type { Capability, ModelDescription } from '@pilotlight/contract';

/** What a request needs of whoever answers it. */
export interface Demand {
  readonly capabilities: readonly Capability[];
  /** Prompt, answer and what the caller wished for; 0: nothing is known. */
  readonly contextTokens: number;
}

export const NO_DEMAND: Demand = { capabilities: [], contextTokens: 0 };

/** A model as far as a demand looks at it. */
export interface Screened {
  readonly name: string;
  readonly description?: Pick<ModelDescription, 'capabilities' | 'memoryFacts'> | undefined;
  /** The context that it runs with, or would be loaded with by its profile. */
  readonly contextLength?: number | undefined;
}

const ABILITY_WORDS: Readonly<Partial<Record<Capability, string>>> = {
  vision: 'cannot see images',
  tools: 'cannot call tools',
  embedding: 'makes no embeddings',
  thinking: 'cannot think before it answers',
  insert: 'cannot fill in the middle of a text',
  completion: 'cannot chat',
};

/** What it cannot do of what is needed, in words that follow its name; undefined: nothing. A model of which nothing is known is taken to be able. */
function whatIsMissing({ description }: Screened, { capabilities }: Demand): string | undefined {
  const has = description?.capabilities ?? [];
  if (has.length === 0) return undefined;
  const missing = capabilities.find((capability) => !has.includes(capability));
  return missing === undefined ? undefined : (ABILITY_WORDS[missing] ?? `has not the capability ${missing}`);
}

function windowOf({ description, contextLength }: Screened): number | undefined {
  return contextLength ?? description?.memoryFacts?.defaults.contextLength;
}

function isKnownToHold(model: Screened, { contextTokens }: Demand): boolean {
  const window = windowOf(model);
  return window !== undefined && contextTokens <= window;
}

/** That its context is too short, in words that follow its name; undefined: it is not, or nobody knows. */
function whyTooShort(model: Screened, { contextTokens }: Demand): string | undefined {
  const window = windowOf(model);
  if (window === undefined || contextTokens <= window) return undefined;
  return `holds ${count(window)} tokens, where about ${count(contextTokens)} are needed`;
}

export interface Screening<C> {
  readonly fit: readonly C[];
  /** Who was passed over, and why: a clause that follows the name. */
  readonly unfit: readonly { readonly candidate: C; readonly reason: string }[];
}

/**
 * Those of a route that can do what is needed, in their order. One whose context is too short is passed over only where another is known to have enough: what
 * is sent can be made shorter, a sense that is missing cannot be made up for. Nor is it passed over for `lastResort`, which nobody chose. Throws
 * `Problem('not_supported')` if all lack one.
 */
export function screen<C extends Screened>(candidates: readonly C[], demand: Demand, lastResort?: string): Screening<C> {
  const unable = findUnfit(candidates, (candidate) => whatIsMissing(candidate, demand));
  const able = candidates.filter((candidate) => !unable.some((other) => other.candidate === candidate));
  if (able.length === 0 && candidates.length > 0) {
    throw new Problem('not_supported', [...new Set(unable.map(({ candidate, reason }) => `${candidate.name} ${reason}`))].join('; '));
  }
  const others = able.filter(({ name }) => name !== lastResort);
  if (!others.some((candidate) => isKnownToHold(candidate, demand))) return { fit: able, unfit: unable };
  const short = findUnfit(able, (candidate) => whyTooShort(candidate, demand));
  return { fit: able.filter((candidate) => !short.some((other) => other.candidate === candidate)), unfit: [...unable, ...short] };
}

function findUnfit<C>(candidates: readonly C[], why: (candidate: C) => string | undefined): Screening<C>['unfit'] {
  return candidates.flatMap((candidate) => {
    const reason = why(candidate);
    return reason === undefined ? [] : [{ candidate, reason }];
  });
}

function count(tokens: number): string {
  return Math.round(tokens).toLocaleString('en');
}
