import { findWords } from './search-words.ts';
import type { Part, SearchWords, Token } from './search-words.ts';

/** A piece of a text with the places of the words in it: offsets count UTF-16 units of the snippet, `end` is the first after the word. */
export interface Snippet {
  readonly snippet: string;
  readonly marks: readonly { readonly start: number; readonly end: number }[];
}

const LENGTH = 200;
/** So much stands before the first word. */
const LEAD = 50;
/** Of a long text in which the words stand often. */
const MAX_FOUND = 1000;

/** The piece of the text, or around this part of it, in which most of the words stand close together, on one line; its beginning if none does. */
export function toSnippet(text: string, words: SearchWords, part: Part = { start: 0, end: text.length }): Snippet {
  const found = findWords(text.slice(part.start, part.end), words, MAX_FOUND).map((token) => ({
    ...token,
    start: token.start + part.start,
    end: token.end + part.start,
  }));
  const first = found.length === 0 ? undefined : densest(found);
  const start = first === undefined || text.length <= LENGTH ? 0 : startBefore(text, first.start);
  const end = endAfter(text, start);
  const before = start > 0 ? '…' : '';
  const shift = before.length - start;
  return {
    // Each character is replaced by one, so that the places stay.
    snippet: `${before}${text.slice(start, end).replaceAll(/[\s\p{Cc}]/gu, ' ')}${end < text.length ? '…' : ''}`,
    marks: found
      .filter((token) => token.start >= start && token.end <= end)
      .map((token) => ({ start: token.start + shift, end: token.end + shift })),
  };
}

/** Of the places at which a snippet can begin, the one with most different words after it. */
function densest(found: readonly Token[]): Token | undefined {
  let best: Token | undefined;
  let most = 0;
  for (const [index, token] of found.entries()) {
    const near = new Set<string>();
    for (let next = index; next < found.length; next += 1) {
      const other = found[next];
      if (other === undefined || other.end - token.start > LENGTH - LEAD) break;
      near.add(other.folded);
    }
    if (near.size > most) [best, most] = [token, near.size];
  }
  return best ?? found[0];
}

/** At the beginning of a word if one is near; never within a character. */
function startBefore(text: string, place: number): number {
  const from = Math.max(0, place - LEAD);
  if (from === 0) return 0;
  const blank = text.slice(from, place).search(/\s/);
  return toBorder(text, blank === -1 ? from : from + blank + 1);
}

function endAfter(text: string, start: number): number {
  const to = start + LENGTH;
  if (to >= text.length) return text.length;
  const blank = text.slice(to - LEAD, to).search(/\s\S*$/);
  return toBorder(text, blank === -1 ? to : to - LEAD + blank);
}

/** Not between the two halves of a character. */
function toBorder(text: string, place: number): number {
  const code = text.charCodeAt(place);
  return code >= 0xdc00 && code <= 0xdfff ? place + 1 : place;
}
