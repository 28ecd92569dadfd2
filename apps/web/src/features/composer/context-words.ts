import type { ContextUsage } from '@pilotlight/contract';

import { formatCount } from '../../ui/format.ts';

/** How full the model's window is with what is written so far; where the number is no exact one, it says so. */
export interface ContextWords {
  readonly words: string;
  /** A sentence with what the number rests on, and what would be left out. */
  readonly title: string;
  readonly isOver: boolean;
  /** 0 to 1, where the window is known. */
  readonly share: number | undefined;
}

const BASES: Readonly<Record<ContextUsage['basis'], string>> = {
  exact: 'Counted by the engine.',
  learned: 'Reckoned from what the engine counted in earlier answers.',
  estimated: 'Estimated from the length of the text; the engine has not counted yet.',
};

export function contextWords(usage: ContextUsage): ContextWords {
  const { tokens, window, basis, fits } = usage;
  const about = basis === 'exact' ? '' : 'about ';
  return {
    words:
      window === undefined ? `${about}${formatCount(tokens)} tokens` : `${about}${formatCount(tokens)} of ${formatCount(window)} tokens`,
    title: [BASES[basis], windowWords(usage), overWords(usage)].filter((words) => words !== '').join(' '),
    isOver: !fits,
    share: window === undefined ? undefined : Math.min(1, tokens / window),
  };
}

function windowWords({ window, window_basis: basis }: ContextUsage): string {
  if (window === undefined) return 'How much the model holds is not known.';
  return basis === undefined ? '' : `The model holds ${formatCount(window)}, ${basis}.`;
}

/** What becomes of what does not fit. */
function overWords({ fits, policy, left_out: leftOut }: ContextUsage): string {
  if (fits) return '';
  const count =
    leftOut === undefined ? undefined : `${formatCount(leftOut.messages)} of the oldest messages, ${formatCount(leftOut.tokens)} tokens,`;
  switch (policy) {
    case 'stop':
      return 'It does not fit: the message would not be sent.';
    case 'drop_oldest':
      return count === undefined ? 'It does not fit.' : `${count} would be left out.`;
    case 'summarise':
      return count === undefined ? 'It does not fit.' : `${count} would be summarised.`;
  }
}
