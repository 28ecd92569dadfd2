import type { EmbeddingModel } from './opened-model.ts';
import { Refusal } from './refusal.ts';

/** One vector of unit length for each text, in order. Throws `Refusal`, or the signal's reason between two texts. */
export async function embedTexts(
  { context, contextLength }: EmbeddingModel,
  texts: readonly string[],
  signal: AbortSignal,
): Promise<readonly number[][]> {
  const vectors: number[][] = [];
  for (const text of texts) {
    signal.throwIfAborted();
    if (text === '') throw new Refusal('invalid', 'An empty text has no embedding.');
    const tokens = context.calculateInputLength(text);
    if (tokens >= contextLength) {
      throw new Refusal(
        'too_long',
        `The text has ${tokens.toLocaleString('en')} tokens; the context holds ${contextLength.toLocaleString('en')}.`,
      );
    }
    vectors.push(toUnitLength((await context.getEmbeddingFor(text)).vector));
  }
  return vectors;
}

/** The vector scaled to length 1. */
function toUnitLength(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  if (!(length > 0) || !Number.isFinite(length)) throw new Refusal('failed', 'The model gave a vector without a direction.');
  return vector.map((value) => value / length);
}
