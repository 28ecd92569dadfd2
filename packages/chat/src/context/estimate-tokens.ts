import type { Message } from '@pilotlight/contract';

/** What a template puts around one message. */
const PER_MESSAGE = 6;
/** What models that can see read for one image, give or take: it depends on the model, not on the file. */
const PER_IMAGE = 1000;

/** Tokens per character, by the writing that it belongs to: guessed high rather than low, since too long a prompt costs more than too short a one. */
const ASCII = 1 / 3.3;
const ALPHABETIC = 1 / 1.8;
const IDEOGRAPHIC = 1.2;
const ASTRAL = 1.2;

/** The tokens of a text, guessed from its characters. */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < 0x80) tokens += ASCII;
    else if (code < 0x2e_80) tokens += ALPHABETIC;
    else if (code >= 0xd8_00 && code <= 0xdf_ff) tokens += ASTRAL;
    else tokens += IDEOGRAPHIC;
  }
  return tokens;
}

/** The tokens of messages with what a template adds, guessed. */
export function estimatePrompt(messages: readonly Message[]): number {
  return messages.reduce((sum, { content, images }) => sum + PER_MESSAGE + estimateTokens(content) + (images?.length ?? 0) * PER_IMAGE, 0);
}

/** More tokens than these the text of the messages cannot have: no tokenizer makes more of a text than it has bytes. */
export function mostTokens(messages: readonly Message[]): number {
  const MOST_PER_MESSAGE = 32;
  const TEMPLATE = 512;
  return messages.reduce(
    (sum, { content, images }) => sum + MOST_PER_MESSAGE + Buffer.byteLength(content) + (images?.length ?? 0) * PER_IMAGE * 4,
    TEMPLATE,
  );
}
