import { PAGE_REMEDIES, toRemedy } from '@pilotlight/contract';
import type { MessageView, ProblemDetails } from '@pilotlight/contract';

import { countWords, formatCount, toSentence } from '../../ui/format.ts';

/** How an answer that is not whole is labelled. */
export interface Ending {
  /** On the stitched line under what was kept, or as heading where nothing was. */
  readonly line: string;
  /** What happened, and what helps. */
  readonly sentence: string;
  readonly code: string | undefined;
  readonly isCalm: boolean;
}

/** The words for an answer that was stopped, cut off, or failed; undefined for one that is whole or still comes. */
export function toEnding(message: MessageView): Ending | undefined {
  const kept = countWords(message.content);
  const keptWords = kept === 0 ? '' : ` ${formatCount(kept)} ${kept === 1 ? 'word was' : 'words were'} kept.`;
  switch (message.state) {
    case 'stopped':
      return { line: kept === 0 ? 'Stopped before the first word' : 'Stopped here', sentence: '', code: undefined, isCalm: true };
    case 'interrupted':
      return {
        line:
          kept === 0 ? 'The server stopped before the first word' : `Cut off: the server stopped while this was being written.${keptWords}`,
        sentence:
          kept === 0
            ? 'Your question is kept. Regenerate asks it again.'
            : 'Continue goes on from these words, Regenerate asks again; this version stays.',
        code: message.error?.code,
        isCalm: false,
      };
    case 'failed':
      return {
        line:
          kept === 0
            ? (message.error?.title ?? 'No answer came')
            : `Cut off: ${lowerFirst(message.error?.title ?? 'the answer broke off')}.${keptWords}`,
        sentence: [message.error?.detail, kept === 0 ? 'Your question is kept.' : undefined, remedyFor(message, kept)]
          .filter((part) => part !== undefined && part !== '')
          .map((part) => toSentence(part ?? ''))
          .join(' '),
        code: message.error?.code,
        isCalm: false,
      };
    case 'complete':
      return message.finish_reason === 'length'
        ? { line: 'Ended at the limit of tokens, not by itself', sentence: '', code: undefined, isCalm: true }
        : undefined;
    case 'running':
    case undefined:
      return undefined;
  }
}

/** The remedies of the table say that text was kept, which is true only where there was some. */
function remedyFor(message: MessageView, kept: number): string | undefined {
  if (message.error === undefined) return undefined;
  const { code, remedy: sent } = message.error;
  const remedy = toRemedy(PAGE_REMEDIES, { code, sent });
  return kept === 0 ? remedy.replace(/^What was written is kept\. /, '') : remedy;
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? `${text[0]?.toLowerCase() ?? ''}${text.slice(1)}` : text;
}

/** What goes to the clipboard for a report: everything that tells one failure from another, and nothing of the talk. */
export function failureDetails(facts: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(facts)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}

export function problemDetails(problem: ProblemDetails): string {
  return failureDetails({
    error: problem.code,
    title: problem.title,
    detail: problem.detail,
    status: String(problem.status),
    field: problem.field,
    source: problem.source,
    request: problem.request_id,
  });
}
