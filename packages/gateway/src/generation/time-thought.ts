import type { EnginePart } from '@pilotlight/contract';

/** How long a model thought; absent: it did not. */
export interface Thought {
  reasoningMs?: number;
}

/** Notes how long it thinks: from the first thought until the first word, whatever comes after that, or until the last thought so far. */
export function timeThought(thought: Thought): { take(part: EnginePart, nowMs: number): void } {
  let beganMs: number | undefined;
  let isOver = false;
  return {
    take({ type }, nowMs) {
      if (isOver) return;
      if (type === 'reasoning') beganMs ??= nowMs;
      else isOver = true;
      if (beganMs !== undefined) thought.reasoningMs = nowMs - beganMs;
    },
  };
}
