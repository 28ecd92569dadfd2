/** How many tokens a model really reads for each that was guessed: learned from what engines counted. Of one process. */
export interface TokenScales {
  /** Undefined: nothing was learned of it yet. */
  of(model: string): number | undefined;
  /** An engine counted `counted` tokens where `guessed` were guessed. */
  learn(model: string, observation: { readonly guessed: number; readonly counted: number }): void;
}

/** What is shorter says more of the template than of the text. */
const FEWEST_TOKENS = 40;
const MOST_MODELS = 500;
/** The weight of the newest observation. */
const NEWEST = 0.3;
/** Beyond these an engine has counted something else. */
const LEAST = 0.25;
const MOST = 4;

export function createTokenScales(): TokenScales {
  const scales = new Map<string, number>();
  return {
    of: (model) => scales.get(model),
    learn(model, { guessed, counted }) {
      const scale = counted / guessed;
      if (guessed < FEWEST_TOKENS || !Number.isFinite(scale) || scale < LEAST || scale > MOST) return;
      const former = scales.get(model);
      // The one that was learned of last is forgotten last.
      scales.delete(model);
      scales.set(model, former === undefined ? scale : former + (scale - former) * NEWEST);
      const [oldest] = scales.keys();
      if (scales.size > MOST_MODELS && oldest !== undefined) scales.delete(oldest);
    },
  };
}
