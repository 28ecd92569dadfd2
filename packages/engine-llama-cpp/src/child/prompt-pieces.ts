/** How long one piece of a prompt should take to read: an answer that is stopped meanwhile waits for the end of its piece. */
const PIECE_MS = 250;
const FIRST_PIECE = 64;
const SMALLEST_PIECE = 16;

/**
 * How many tokens of the prompt to read next. `tokensPerMs` is what was measured so far, undefined at first; `othersWriting`: answers that get no
 * token while the piece is read, for whose sake pieces are smaller.
 */
export function nextPieceLength(tokensPerMs: number | undefined, othersWriting: number, batchSize: number): number {
  const aim = tokensPerMs === undefined ? FIRST_PIECE : Math.floor(tokensPerMs * PIECE_MS);
  const fair = othersWriting > 0 ? Math.ceil(aim / 4) : aim;
  return Math.max(SMALLEST_PIECE, Math.min(fair, batchSize));
}
