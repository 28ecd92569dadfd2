const SYLLABLES = ['ba', 'ce', 'di', 'fo', 'gu', 'ha', 'je', 'ki', 'lo', 'mu', 'na', 'pe', 'ri', 'so', 'tu', 've', 'wa', 'xe', 'yo', 'zü'];
const WORDS = 50_000;

/** Chance that gives the same history every time (mulberry32). */
export function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The word of a rank, the most frequent first; no two are the same. */
export function wordOf(rank: number): string {
  let word = '';
  for (let rest = rank + 21; rest > 0; rest = Math.floor(rest / SYLLABLES.length)) word += SYLLABLES[rest % SYLLABLES.length];
  return word;
}

const VOCABULARY = Array.from({ length: WORDS }, (_, rank) => wordOf(rank));

/** Words as people use them: the n-th most frequent about n times as seldom as the first. */
export function textOf(words: number, chance: () => number): string {
  return Array.from({ length: words }, () => VOCABULARY[Math.floor(WORDS ** chance()) - 1] ?? '').join(' ');
}
