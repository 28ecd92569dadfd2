import type { ContextPolicy } from '@pilotlight/contract';

/** Bounds and times of the chat. Sizes count characters. */
export interface ChatSettings {
  /** How long parts wait for others to be committed with them. */
  readonly groupMs: number;
  /** A group of this size is committed at once. */
  readonly groupCharacters: number;
  /** The engine is not read further while this much of its answer waits to be stored. */
  readonly maxPendingCharacters: number;
  /** About how much of a running log is kept in memory for readers, in bytes; older parts are read from the store. */
  readonly keptBytes: number;
  /** An answer, its reasoning included, is cut off here. */
  readonly maxAnswerCharacters: number;
  /** So is a log, phases included. */
  readonly maxLogParts: number;
  /** How much of a log one read from the store takes. */
  readonly pageCharacters: number;
  /** How long a stopped generation may take to come to its end before it is ended without it. */
  readonly stopGraceMs: number;
  /** How long a deleted conversation can be restored. */
  readonly undoMs: number;
  /** What is done with a conversation that does not fit, unless it or its request says something else. */
  readonly contextPolicy: ContextPolicy;
  /** Whether models write titles, and which of them write none. */
  readonly improvesTitles: boolean;
  readonly modelsWithoutTitles: readonly string[];
  /** First and longest wait before an end that could not be stored is tried again. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
}

export const DEFAULT_CHAT_SETTINGS: ChatSettings = {
  groupMs: 50,
  groupCharacters: 4096,
  maxPendingCharacters: 262_144,
  keptBytes: 32_768,
  maxAnswerCharacters: 4_194_304,
  maxLogParts: 1_000_000,
  pageCharacters: 262_144,
  stopGraceMs: 2000,
  undoMs: 300_000,
  contextPolicy: 'drop_oldest',
  improvesTitles: false,
  modelsWithoutTitles: [],
  retryMs: 1000,
  maxRetryMs: 30_000,
};
