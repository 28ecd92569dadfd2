/** What was measured of one model with one launch profile on one engine. */
export interface LearnedFigure {
  /** The engine, the weights and the profile, as the gateway writes them. Up to 1,000 characters. */
  readonly key: string;
  /** JSON of the gateway's own making; whoever stores it need not understand it. */
  readonly value: string;
}

/** Keeps what was learned about models from one run of the server to the next. */
export interface LearnedFigures {
  /** All that is kept. */
  learned(): Promise<readonly LearnedFigure[]>;
  /** Adds these, or puts them in the place of those with the same key. Beyond 2,000 keys those that were not kept anew for longest are forgotten. */
  keepLearned(figures: readonly LearnedFigure[]): Promise<void>;
}

/** Which models their owner has pinned. */
export interface Pins {
  /** In order of their names. */
  pins(): Promise<readonly string[]>;
  setPin(model: string, isPinned: boolean): Promise<void>;
}

/** What the gateway keeps. Every method can reject with `Problem('storage_unavailable')`. */
export interface ModelStore extends LearnedFigures, Pins {}
