/** What is kept free for an answer of no given length. */
const USUAL_RESERVE = 1024;
const MOST_SHARE = 0.25;

/** How much of a window is kept free for the answer: what it may have, at most a quarter of the window. */
export function outputReserve(window: number, maxTokens: number | undefined): number {
  return Math.max(1, Math.min(maxTokens ?? USUAL_RESERVE, Math.floor(window * MOST_SHARE)));
}
