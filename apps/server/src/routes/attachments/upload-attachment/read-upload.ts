import { guessKind, tooLarge } from '@pilotlight/chat';
import { ATTACHMENT_LIMITS, Problem } from '@pilotlight/contract';

/** So much tells what kind of file it is. */
const BEGINNING = 2048;

/** The bytes of a file as they arrive, refused as soon as there are more than one of its kind may have. */
export async function readUpload(file: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  let kind: ReturnType<typeof guessKind> | undefined;
  for await (const piece of file) {
    pieces.push(piece);
    length += piece.byteLength;
    if (kind === undefined && length >= BEGINNING) kind = guessKind(Buffer.concat(pieces, BEGINNING));
    if (kind !== undefined && length > ATTACHMENT_LIMITS[kind]) throw tooLarge(kind);
  }
  if (length === 0) throw new Problem('invalid_request', 'The body is empty: send the file itself.', { field: 'body' });
  return Buffer.concat(pieces, length);
}
