import { Problem } from '@pilotlight/contract';
import type { Message, PhasePart, PromptPlace } from '@pilotlight/contract';

import type { WholeMessage } from './read-contents.ts';

export interface SummaryOptions {
  readonly place: Pick<PromptPlace, 'model' | 'write'>;
  /** What was summarised before, of all that comes before these messages. */
  readonly former: string | undefined;
  readonly messages: readonly WholeMessage[];
  /** What one request may have of the messages' text, in characters. */
  readonly charactersAtOnce: number;
  readonly maxTokens: number;
  /** Now, as people read it. */
  readonly since: string;
}

/** In more pieces than these nothing is summarised: it would take longer than anybody waits. */
const MOST_PIECES = 8;
const FEWEST_CHARACTERS = 400;

/** A summary of messages by the model itself, piece after piece, with phases on the way. Throws a `Problem` that says why there is none. */
export async function* writeSummary(options: SummaryOptions): AsyncGenerator<PhasePart, string> {
  const { charactersAtOnce, place, messages, since } = options;
  if (charactersAtOnce < FEWEST_CHARACTERS) throw noSummary('its window is too small for one');
  const pieces = toPieces(messages, charactersAtOnce);
  if (pieces.length > MOST_PIECES) throw noSummary(`it would have to be written in ${pieces.length} steps`);
  let summary = options.former;
  for (const [index, piece] of pieces.entries()) {
    const step = pieces.length === 1 ? '' : `, step ${index + 1} of ${pieces.length}`;
    yield {
      type: 'phase',
      phase: 'summarising',
      model: place.model,
      reason: `Summarising ${messages.length} earlier messages that do not fit${step}`,
      since,
    };
    summary = yield* writePiece(options, summary, piece);
  }
  return summary ?? '';
}

async function* writePiece(
  { place, maxTokens }: SummaryOptions,
  former: string | undefined,
  piece: string,
): AsyncGenerator<PhasePart, string> {
  const texts: string[] = [];
  for await (const part of place.write(toRequest(former, piece), { max_tokens: maxTokens, temperature: 0 })) {
    if (part.type === 'text') texts.push(part.text);
    // That it reads is news; that it begins to answer would be wrong.
    if (part.type === 'phase' && part.phase === 'stalled') yield part;
  }
  const text = texts.join('').trim();
  if (text === '') throw noSummary('the model wrote none');
  return text;
}

const TASK =
  'Summarise the conversation below for yourself, so that you can go on with it. Keep names, numbers, decisions, open questions and what the user wants. Write nothing else.';

function toRequest(former: string | undefined, piece: string): Message[] {
  const before = former === undefined ? '' : `Summary of what came before:\n${former}\n\n`;
  return [{ role: 'user', content: `${TASK}\n\n${before}Conversation:\n${piece}` }];
}

function toPieces(messages: readonly WholeMessage[], charactersAtOnce: number): string[] {
  const text = messages.map(({ role, content }) => `${role === 'user' ? 'User' : 'Assistant'}: ${content}`).join('\n\n');
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += charactersAtOnce) pieces.push(text.slice(at, at + charactersAtOnce).toWellFormed());
  return pieces;
}

function noSummary(reason: string): Problem {
  return new Problem('context_too_long', `There is no summary: ${reason}.`);
}
