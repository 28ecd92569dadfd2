import type { ChatEvent, Clock, Gateway, Randomness } from '@pilotlight/contract';

import type { ReadPdf } from './attachments/attach-file.ts';
import type { ChatLog } from './chat-log.ts';
import type { ChatSettings } from './chat-settings.ts';
import type { TokenScales } from './context/token-scales.ts';
import type { Deletions } from './deletions.ts';
import type { KnownSettings } from './known-settings.ts';
import type { LogWriter } from './log-writer.ts';
import type { RunningGeneration } from './run-generation.ts';
import type { SplitStore } from './split-store.ts';
import type { Titles } from './titles/improve-titles.ts';

/** A request that is being stored. */
export interface Pending {
  /** Absent: it makes a conversation that nobody else knows. */
  readonly conversationId: string | undefined;
  readonly accepted: Promise<unknown>;
}

/** What the operations of the chat work on. */
export interface House {
  readonly gateway: Gateway;
  readonly store: SplitStore;
  readonly settingsOf: KnownSettings['of'];
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: ChatLog;
  readonly settings: ChatSettings;
  readonly writer: LogWriter;
  readonly running: Map<string, RunningGeneration>;
  /** Requests that are being stored. */
  readonly beginnings: Set<Pending>;
  readonly closing: AbortController;
  readonly deletions: Deletions;
  readonly readPdf: ReadPdf | undefined;
  /** What was learned of how models count. */
  readonly scales: TokenScales;
  readonly titles: Titles;
  readonly emit: (event: ChatEvent) => void;
}
