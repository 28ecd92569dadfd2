import { tokensOf } from '../search-words.ts';
import type { SearchWords } from '../search-words.ts';

/** Of longer words the beginning is looked for. Postgres takes 2,046 bytes. */
const MAX_WORD = 500;
/** Postgres takes 1 MiB of different words with their places; what comes after that in a text is not found. */
const MAX_BYTES = 1_000_000;
const MAX_PLACE = 16_383;
const MAX_PLACES = 250;
/** What Postgres adds to a word, and to each of its places. */
const WORD_BYTES = 6;
const PLACE_BYTES = 2;

/** The words of a text with their places, as Postgres takes a `tsvector`. Nothing in it needs quoting: a word is letters and digits. */
export function toTsvector(text: string): string {
  const places = new Map<string, number[]>();
  let bytes = 0;
  let place = 0;
  for (const { folded } of tokensOf(text.toWellFormed())) {
    place = Math.min(place + 1, MAX_PLACE);
    const word = cut(folded);
    const found = places.get(word) ?? [];
    if (found.length >= MAX_PLACES || found.at(-1) === place) continue;
    bytes += PLACE_BYTES + (found.length === 0 ? WORD_BYTES + Buffer.byteLength(word) : 0);
    if (bytes > MAX_BYTES) break;
    found.push(place);
    places.set(word, found);
  }
  return [...places].map(([word, at]) => `'${word}':${at.join(',')}`).join(' ');
}

/** What is looked for, as Postgres takes a `tsquery`: all phrases, the last word of the last at least as a beginning if the search says so. */
export function toTsquery({ phrases, prefix }: SearchWords): string {
  return phrases
    .map((words, index) => {
      const isLast = index === phrases.length - 1 && prefix !== undefined;
      return words.map((word, at) => `'${cut(word)}'${isLast && at === words.length - 1 ? ':*' : ''}`).join(' <-> ');
    })
    .join(' & ');
}

function cut(word: string): string {
  return word.slice(0, MAX_WORD).toWellFormed();
}
