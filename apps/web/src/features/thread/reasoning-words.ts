import { countWords, formatCount, formatDuration } from '../../ui/format.ts';
import type { AnswerState } from './answer-state.ts';

/** The line over folded reasoning. How long it took is known only where this page looked on. */
export function reasoningWords(
  text: string,
  live: Pick<AnswerState, 'reasoningFrom' | 'reasoningTo'> | undefined,
  isRunning: boolean,
): string {
  const words = `${formatCount(countWords(text))} words`;
  if (isRunning) return `Thinking, ${words} so far`;
  const { reasoningFrom: from, reasoningTo: to } = live ?? {};
  return from === undefined || to === undefined || to - from < 100
    ? `Thought, ${words}`
    : `Thought for ${formatDuration(to - from)}, ${words}`;
}
