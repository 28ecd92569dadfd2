/** Where the numbers lie that an option takes, and by how much a control moves it. */
export const OPTION_RANGES = {
  temperature: { minimum: 0, maximum: 5, step: 0.05 },
  top_p: { minimum: 0, maximum: 1, step: 0.01 },
  top_k: { minimum: 0, maximum: 1_000, step: 1 },
  min_p: { minimum: 0, maximum: 1, step: 0.01 },
  repeat_penalty: { minimum: 0.1, maximum: 5, step: 0.05 },
  presence_penalty: { minimum: -2, maximum: 2, step: 0.05 },
  frequency_penalty: { minimum: -2, maximum: 2, step: 0.05 },
  seed: { minimum: 0, maximum: 2_147_483_647, step: 1 },
  max_tokens: { minimum: 1, maximum: 1_000_000, step: 1 },
  context_length: { minimum: 256, maximum: 10_000_000, step: 256 },
} as const;
export type RangedOption = keyof typeof OPTION_RANGES;

export const MOST_STOPS = 16;
export const LONGEST_STOP = 200;
