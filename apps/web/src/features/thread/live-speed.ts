import { countWords, formatCount } from '../../ui/format.ts';
import { answerText, type AnswerState } from './answer-state.ts';

/** Below this a speed would jump about. */
const SHORTEST_MS = 2000;

/** What the margin says of an answer that is being written: how many words there are, and how fast they come, as far as this page has seen it. */
export function answeringWords(live: AnswerState | undefined, text: string): string {
  const words = countWords(text);
  const rate = live === undefined ? undefined : wordsPerSecond(live);
  return [`answering, ${formatCount(words)} ${words === 1 ? 'word' : 'words'}`, ...(rate === undefined ? [] : [`${rate} words/s`])].join(
    ', ',
  );
}

function wordsPerSecond(live: AnswerState): string | undefined {
  const { textFrom: from, heardTextAt: to } = live;
  if (from === undefined || to === undefined || to - from.at < SHORTEST_MS) return undefined;
  const rate = countWords(answerText(live).slice(from.length)) / ((to - from.at) / 1000);
  return rate < 9.95 ? rate.toFixed(1).replace(/\.0$/, '') : formatCount(rate);
}
