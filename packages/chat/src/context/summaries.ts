import type { Message, PhasePart, PromptPlace } from '@pilotlight/contract';

import type { SummaryRecord } from '../attachments/attachment-store.ts';
import type { ComposerOptions } from './compose-prompt.ts';
import type { Counter } from './count-prompt.ts';
import type { WholeMessage } from './read-contents.ts';
import { writeSummary } from './write-summary.ts';

/** A summary of the first messages of a branch. */
export interface Summarised {
  readonly text: string;
  /** How many messages it stands for. */
  readonly covered: number;
  /** It was written just now. */
  readonly isNew: boolean;
}

export interface Summaries {
  /** What a summary may have. */
  readonly mostTokens: number;
  /** Of at least so many of the first messages: one that is kept, or a new one, which is kept then. */
  of(messages: readonly WholeMessage[], least: number): AsyncGenerator<PhasePart, Summarised>;
}

interface SummariesPlace {
  readonly place: PromptPlace;
  readonly counter: Counter;
  readonly since: string;
}

const MOST_TOKENS = 512;
const MOST_SHARE = 0.2;
/** How much of the window the text to summarise may have: the task, a former summary and the new one need the rest. */
const INPUT_SHARE = 0.4;

type Options = Pick<ComposerOptions, 'store' | 'conversationId' | 'clock'>;

export function createSummaries({ store, conversationId, clock }: Options, { place, counter, since }: SummariesPlace): Summaries {
  const { window = 0, scale } = counter;
  const mostTokens = Math.max(1, Math.min(MOST_TOKENS, Math.floor(window * MOST_SHARE)));
  return {
    mostTokens,
    async *of(messages, least) {
      const former = findKept(await store.summaries(conversationId), messages);
      if (former !== undefined && former.covered >= least) return former;
      const text = yield* writeSummary({
        place,
        former: former?.text,
        messages: messages.slice(former?.covered ?? 0, least),
        // One token has a character at least; most have more.
        charactersAtOnce: Math.floor((window * INPUT_SHARE) / Math.max(scale, 0.1)) * 2,
        maxTokens: mostTokens,
        since,
      });
      const untilId = messages[least - 1]?.id ?? '';
      await store.keepSummary({ conversationId, untilId, text, model: place.model, atMs: clock.now() });
      return { text, covered: least, isNew: true };
    },
  };
}

/** The kept summary that reaches furthest along these messages, and not to their end. */
function findKept(kept: readonly SummaryRecord[], messages: readonly WholeMessage[]): Summarised | undefined {
  const byId = new Map(kept.map((summary) => [summary.untilId, summary]));
  const index = messages.findLastIndex(({ id }, at) => at < messages.length - 1 && byId.has(id));
  const found = byId.get(messages[index]?.id ?? '');
  return found && { text: found.text, covered: index + 1, isNew: false };
}

/** The messages with the summary before the first question, framed as what it is. */
export function withSummary(messages: readonly Message[], { text, covered }: Summarised): Message[] {
  const at = messages.findIndex(({ role }) => role === 'user');
  const frame = `Summary of the ${covered} messages before these, written by you:\n\n${text}\n\nThe conversation goes on:`;
  return messages.map((message, index) => (index === at ? { ...message, content: `${frame}\n\n${message.content}` } : message));
}
