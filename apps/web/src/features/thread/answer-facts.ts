import type { Receipt } from '@pilotlight/contract';

import { formatCount, formatDuration, formatRate } from '../../ui/format.ts';

const WORTH_SAYING_MS = 1000;

/** What the machine knows about an answer, most telling first: how fast, how soon, how much it saw, and what it waited for. */
export function answerFacts(receipt: Receipt): string[] {
  const facts: string[] = [];
  if (receipt.tokens_per_second !== undefined) facts.push(formatRate(receipt.tokens_per_second));
  else if (receipt.completion_tokens !== undefined) facts.push(tokens(receipt.completion_tokens));
  if (receipt.first_token_ms !== undefined) facts.push(`first token ${formatDuration(receipt.first_token_ms)}`);
  const saw = sawWords(receipt);
  if (saw !== undefined) facts.push(saw);
  if (receipt.load_ms >= WORTH_SAYING_MS) facts.push(`loading took ${formatDuration(receipt.load_ms)}`);
  if (receipt.queue_ms >= WORTH_SAYING_MS) facts.push(`waited ${formatDuration(receipt.queue_ms)}`);
  const tries = receipt.attempts.length;
  if (tries > 1) facts.push(tries === 2 ? 'second try' : `${tries} tries`);
  return facts;
}

/** A model that did not get the whole chat did not see all of it. */
function sawWords({ context, prompt_tokens: prompt }: Receipt): string | undefined {
  if (context !== undefined && context.tokens < context.total_tokens)
    return `saw ${formatCount(context.tokens)} of ${formatCount(context.total_tokens)}`;
  return prompt === undefined ? undefined : `saw all ${tokens(prompt)}`;
}

function tokens(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'token' : 'tokens'}`;
}
