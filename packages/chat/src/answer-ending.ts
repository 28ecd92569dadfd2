import { Problem, receiptSchema, refusalFactsSchema } from '@pilotlight/contract';
import type { ErrorPart, FinishPart, Receipt } from '@pilotlight/contract';

import type { AnswerEnding } from './chat-store.ts';

/** How a generation came to its end. The receipts are our own, for want of one from the gateway. */
export type Outcome =
  | { readonly kind: 'finished'; readonly part: FinishPart }
  | { readonly kind: 'stopped'; readonly receipt: Receipt }
  | { readonly kind: 'failed'; readonly problem: Problem; readonly receipt?: Receipt };

/** What of the answer is in its log. */
export interface WrittenAnswer {
  readonly content: string;
  readonly reasoning: string;
}

/** The terminal part of the log, and how the answer stands from then on. */
export interface Ending {
  readonly terminal: FinishPart | ErrorPart;
  readonly answer: AnswerEnding;
}

/** Decides how a log and its answer end. */
export function decideEnding(outcome: Outcome, written: WrittenAnswer): Ending {
  switch (outcome.kind) {
    case 'finished':
      return toFinish(outcome.part, written);
    case 'stopped':
      return toFinish({ type: 'finish', reason: 'stopped', receipt: outcome.receipt }, written);
    case 'failed':
      return toFailure(outcome.problem, outcome.receipt, written);
  }
}

function toFinish(terminal: FinishPart, { content, reasoning }: WrittenAnswer): Ending {
  return {
    terminal,
    answer: {
      content,
      reasoning: reasoning === '' ? undefined : reasoning,
      state: terminal.reason === 'stopped' ? 'stopped' : 'complete',
      model: terminal.receipt.model,
      finishReason: terminal.reason,
      receipt: terminal.receipt,
      error: undefined,
    },
  };
}

function toFailure(problem: Problem, ownReceipt: Receipt | undefined, { content, reasoning }: WrittenAnswer): Ending {
  const { code, title, detail, remedy, source, field, retryAfterSeconds } = problem;
  const facts = refusalFactsSchema.safeParse(problem.facts);
  const given = receiptSchema.safeParse(problem.facts['receipt']);
  const receipt = given.success ? given.data : ownReceipt;
  const kept = content !== '' || reasoning !== '';
  return {
    terminal: {
      type: 'error',
      code,
      title,
      detail,
      remedy,
      source,
      kept,
      ...(field !== undefined && { field }),
      ...(retryAfterSeconds !== undefined && { retry_after_seconds: retryAfterSeconds }),
      ...facts.data,
      ...(receipt !== undefined && { receipt }),
    },
    answer: {
      content,
      reasoning: reasoning === '' ? undefined : reasoning,
      state: code === 'interrupted' ? 'interrupted' : 'failed',
      model: receipt?.model,
      finishReason: undefined,
      receipt,
      error: { code, title, detail, remedy },
    },
  };
}

/** The same end with another receipt, if it has one. */
export function withReceipt({ terminal, answer }: Ending, toReceipt: (receipt: Receipt) => Receipt): Ending {
  const receipt = answer.receipt === undefined ? undefined : toReceipt(answer.receipt);
  return receipt === undefined ? { terminal, answer } : { terminal: { ...terminal, receipt }, answer: { ...answer, receipt } };
}

/** Any error as a problem for the reader of the answer. What is not one already is a fault of ours, whose words are for the operator alone. */
export function toAnswerProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem('internal_error', 'The answer could not be written because of a fault in the server.', { cause: error });
}
