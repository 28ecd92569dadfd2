import type { ContextReceipt } from '@pilotlight/contract';

import { formatCount } from '../../ui/format.ts';

/** The model saw 3,900 of 11,200 tokens; undefined where it saw all. */
export function leftOutWords(context: ContextReceipt): string | undefined {
  const { left_out: leftOut, summary } = context;
  if (leftOut === undefined && summary === undefined) return undefined;
  return `The model saw ${formatCount(context.tokens)} of ${formatCount(context.total_tokens)} tokens`;
}

/** What became of the rest, and why. */
export function leftOutSentence(context: ContextReceipt): string {
  const { left_out: leftOut, summary, window, no_summary_reason: noSummary, doubt } = context;
  const where = window === undefined ? 'the window of the model' : `the window of ${formatCount(window)}`;
  const sentences = [
    summary === undefined
      ? undefined
      : `${messages(summary.messages)} did not fit into ${where}; a summary of ${formatCount(summary.summary_tokens)} tokens stood in their place, ${
          summary.made ? 'written for this answer' : 'written before'
        }.`,
    leftOut === undefined
      ? undefined
      : `${messages(leftOut.messages)} did not fit into ${where} and ${leftOut.messages === 1 ? 'was' : 'were'} left out.`,
    noSummary,
    doubt,
  ];
  return sentences.filter((sentence) => sentence !== undefined).join(' ');
}

function messages(count: number): string {
  return count === 1 ? '1 older message' : `${formatCount(count)} older messages`;
}
