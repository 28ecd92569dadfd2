/** How long an answer may keep silent, from what its deployment has shown so far (docs/ARCHITECTURE.md, "Deadlines"). */

export interface Pace {
  /** Milliseconds to read one token of a prompt; undefined: never measured. */
  readonly promptTokenMs: number | undefined;
  /** Milliseconds from one token of an answer to the next; undefined: never measured. */
  readonly gapMs: number | undefined;
}

const FIRST_TOKEN_FLOOR_MS = 30_000;
const FIRST_TOKEN_FACTOR = 3;
/** Until a deployment has been measured, it is taken for one on a slow processor. */
const SLOW_PROMPT_TOKEN_MS = 70;
const GAP_FLOOR_MS = 20_000;
const GAP_FACTOR = 20;
const NOTICE_FLOOR_MS = 5_000;
const NOTICE_FACTOR = 10;
/** Text per token, where nobody has counted: most tokenizers make one of three to four characters of English, fewer of other scripts. */
const CHARACTERS_PER_TOKEN = 3;

/** The limit for the first token, since the last sign of life while the prompt is read. */
export function firstTokenLimitMs(pace: Pace, promptTokens: number): number {
  return Math.max(FIRST_TOKEN_FLOOR_MS, (pace.promptTokenMs ?? SLOW_PROMPT_TOKEN_MS) * promptTokens * FIRST_TOKEN_FACTOR);
}

/** The limit between two tokens. */
export function silenceLimitMs(pace: Pace): number {
  return Math.max(GAP_FLOOR_MS, (pace.gapMs ?? 0) * GAP_FACTOR);
}

/** From when on a silence is worth a word. */
export function silenceNoticeMs(pace: Pace): number {
  return Math.max(NOTICE_FLOOR_MS, (pace.gapMs ?? 0) * NOTICE_FACTOR);
}

/** A prompt's tokens, guessed high rather than low. */
export function guessTokens(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}
