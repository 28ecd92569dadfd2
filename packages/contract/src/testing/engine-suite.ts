import type { Engine, LaunchProfile } from '../engine.ts';
import type { Message } from '../messages.ts';

/** `true`, or the reason why this engine cannot be made to do it. What is not `true` is reported as skipped, with the reason. */
export type Ability = true | string;

/** What the suite may expect of an engine. Every entry must be decided: nothing is left out in silence. */
export interface EngineAbilities {
  /** `load` and `unload` decide what is in memory. */
  readonly loads: Ability;
  /** `load` reports measured fractions. */
  readonly measuresLoads: Ability;
  /** The maker offers a model that is listed or described, but whose file cannot be loaded. */
  readonly hasBrokenModel: Ability;
  /** A model that is not loaded is refused by `stream`, not loaded by it. */
  readonly refusesUnloaded: Ability;
  /** The answer to the long prompt is the same each time with temperature 0 and a seed. */
  readonly repeatsItself: Ability;
  /** With this model an answer goes on where a last message with `prefix` ends. */
  readonly goesOn: Ability;
  /** `finish` carries durations. */
  readonly timesAnswers: Ability;
  readonly embeds: Ability;
  /** `countTokens` is exact. */
  readonly countsTokens: Ability;
  /** The engine starts processes of its own. */
  readonly ownsProcesses: Ability;
  /** Faults that the maker's hooks can bring about. */
  readonly failsBefore: Ability;
  readonly failsAfter: Ability;
  readonly cuts: Ability;
  readonly dies: Ability;
}

/** Brings a fault about in the engine's other side. Each of the first three is for the next answer alone. */
export interface EngineFaults {
  /** The next answer is an error, before any token. */
  readonly failBefore?: () => Promise<void>;
  /** The next answer turns into an error after `parts` parts. */
  readonly failAfter?: (parts: number) => Promise<void>;
  /** The next answer ends after `parts` parts without the end marker. */
  readonly cutAfter?: (parts: number) => Promise<void>;
  /** What runs the model dies now. */
  readonly die?: () => Promise<void>;
}

/** One engine, freshly made for one test, and what the test needs to know about it. */
export interface EngineUnderTest extends AsyncDisposable {
  readonly engine: Engine;
  /** A model that can chat; it is on the disk and not in memory. */
  readonly model: string;
  readonly profile: LaunchProfile;
  /** Answered in few tokens. */
  readonly shortPrompt: readonly Message[];
  /** Answered in at least 24 tokens, at least 12 of them as parts of their own; the longer without a limit, the sharper the tests of leaving. */
  readonly longPrompt: readonly Message[];
  /** A text that occurs in the answer to `longPrompt` with temperature 0 and seed 1, though not at its start. */
  readonly stopText: string;
  readonly brokenModel?: string;
  readonly embeddingModel?: string;
  readonly faults?: EngineFaults;
  /** Resolves when a load is under way on the other side. Needed where `load` does not measure its progress. */
  readonly loading?: () => Promise<void>;
  /** The processes of this engine that are alive. */
  readonly processes?: () => Promise<readonly number[]>;
}

export interface EngineSuite {
  readonly make: () => Promise<EngineUnderTest>;
  readonly abilities: EngineAbilities;
}
