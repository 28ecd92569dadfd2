import type { Receipt } from '@pilotlight/contract';

import { countWords, formatCount, formatDuration } from '../../ui/format.ts';
import type { AnswerState } from './answer-state.ts';

interface Known {
  readonly live: Pick<AnswerState, 'reasoningFrom' | 'reasoningTo'> | undefined;
  readonly receipt: Pick<Receipt, 'reasoning_ms' | 'reasoning_tokens'> | undefined;
  readonly isRunning: boolean;
}

/** The line over folded reasoning. How long it took the receipt knows, and while there is none, a page that looked on. */
export function reasoningWords(text: string, { live, receipt, isRunning }: Known): string {
  const tokens = receipt?.reasoning_tokens;
  const amount = tokens === undefined ? `${formatCount(countWords(text))} words` : `${formatCount(tokens)} tokens`;
  if (isRunning) return `Thinking, ${amount} so far`;
  const took = receipt?.reasoning_ms ?? seenFor(live);
  return took === undefined ? `Thought, ${amount}` : `Thought for ${formatDuration(took)}, ${amount}`;
}

function seenFor(live: Known['live']): number | undefined {
  const { reasoningFrom: from, reasoningTo: to } = live ?? {};
  return from === undefined || to === undefined || to - from < 100 ? undefined : to - from;
}
