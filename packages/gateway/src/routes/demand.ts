import type { GenerateRequest } from '@pilotlight/contract';

import { guessTokens } from '../attempts/deadlines.ts';
import type { Demand } from './screen.ts';

/** What a request needs: what it says, and the context that its messages and its answer will take. */
export function toDemand({ task, messages, options, needs }: Partial<GenerateRequest>): Demand {
  const characters = (messages ?? []).reduce((sum, { content }) => sum + content.length, 0);
  const prompt = characters === 0 ? 0 : guessTokens(characters);
  const taken = prompt === 0 ? 0 : prompt + (options?.max_tokens ?? 0);
  return {
    capabilities: [...(task === 'embedding' ? (['embedding'] as const) : []), ...(needs?.capabilities ?? [])],
    contextTokens: Math.max(taken, options?.context_length ?? 0),
  };
}
