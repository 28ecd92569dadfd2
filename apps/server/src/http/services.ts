import type { Chat, Clock, Gateway, Randomness } from '@pilotlight/contract';

import type { KeptPreferences } from '../preferences/kept-preferences.ts';
import type { WriteGuard } from '@pilotlight/storage';

import type { Sessions } from './sessions.ts';

/** What is known of the server itself. */
export interface ServerState {
  readonly version: string;
  readonly startedAtMs: number;
  /** The start is done: former answers are closed, the first look at the engines has been taken. */
  isStarted(): boolean;
  /** Why no message can be taken now, in words; undefined: it can. */
  reasonNotReady(): string | undefined;
  /** Aborts when the server begins to stop. */
  readonly stopping: AbortSignal;
}

/** Everything that a route may use. */
export interface Services {
  readonly gateway: Gateway;
  readonly chat: Omit<Chat, typeof Symbol.asyncDispose>;
  readonly preferences: KeptPreferences;
  /** Whether anything can be stored. */
  readonly writes: WriteGuard;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly state: ServerState;
  readonly sessions: Sessions;
  /** Hold the text of a stream until it is whole (`OLLAMA_STREAM=false`). */
  readonly holdText: boolean;
}
