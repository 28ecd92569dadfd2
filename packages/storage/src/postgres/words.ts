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

/** The words of texts with their places, as Postgres takes a `tsvector`. Nothing in it needs quoting: a word is letters and digits. No words in a row reach from one text into the next. */
export function toTsvector(...texts: readonly string[]): string {
  const places = new Map<string, number[]>();
  let bytes = 0;
  for (const { word, place } of placesOf(texts)) {
    const found = places.get(word) ?? [];
    if (found.length >= MAX_PLACES || found.at(-1) === place) continue;
    bytes += PLACE_BYTES + (found.length === 0 ? WORD_BYTES + Buffer.byteLength(word) : 0);
    if (bytes > MAX_BYTES) break;
    found.push(place);
    places.set(word, found);
  }
  return [...places].map(([word, at]) => `'${word}':${at.join(',')}`).join(' ');
}

function* placesOf(texts: readonly string[]): Generator<{ readonly word: string; readonly place: number }> {
  let place = 0;
  for (const text of texts) {
    for (const { folded } of tokensOf(text.toWellFormed())) {
      place += 1;
      yield { word: cut(folded), place: Math.min(place, MAX_PLACE) };
    }
    place += 1;
  }
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
