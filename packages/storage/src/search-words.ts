/** Words beyond these are not looked for. */
const MAX_WORDS = 16;

/** What the index takes for a word: letters, digits and what is written as them, with the marks that belong to them. */
const TOKEN = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}\p{M}]*/gu;

/** A text as it is looked for: the words that are whole, and the last one, which may be the beginning of one. */
export interface SearchWords {
  readonly whole: ReadonlySet<string>;
  readonly prefix: string | undefined;
  /** Words that stand one after the other, as `e` and `mail` in `e-mail`; of most there is one. */
  readonly phrases: readonly (readonly string[])[];
  /** For `MATCH`: each word quoted, so that nothing of the text is syntax. */
  readonly match: string;
  /** The same with all words whole. */
  readonly wholeMatch: string;
}

/** The words of a text; undefined if there are none. */
export function toSearchWords(text: string): SearchWords | undefined {
  const words = text
    .toWellFormed()
    .split(/[\s\p{Cc}]+/u)
    .filter((word) => word.search(TOKEN) !== -1)
    .slice(0, MAX_WORDS);
  const last = words.at(-1);
  if (last === undefined) return undefined;
  const phrases = words.map((word) => tokensOf(word).map(({ folded }) => folded));
  const tokens = phrases.flat();
  const lastToken = tokens.at(-1) ?? '';
  // A single letter begins too many words; in scripts without letters one character is a word.
  const isPrefix = lastToken.length > 1 || !/^[a-z0-9]$/.test(lastToken);
  const quoted = words.map((word) => `"${word.replaceAll('"', '""')}"`).join(' ');
  return {
    whole: new Set(isPrefix ? tokens.slice(0, -1) : tokens),
    prefix: isPrefix ? lastToken : undefined,
    phrases,
    match: isPrefix ? `${quoted}*` : quoted,
    wholeMatch: quoted,
  };
}

export interface Token {
  readonly start: number;
  readonly end: number;
  readonly folded: string;
}

/** The words of a text with their places, without case and diacritics, as the index has them. */
export function tokensOf(text: string): Token[] {
  return [...text.matchAll(TOKEN)].map(toToken);
}

function toToken(match: RegExpMatchArray): Token {
  const [word] = match;
  const start = match.index ?? 0;
  return { start, end: start + word.length, folded: fold(word) };
}

function fold(text: string): string {
  // oxlint-disable-next-line no-control-regex -- ASCII has nothing that could be taken away
  return (/^[\u0000-\u007f]*$/.test(text) ? text : text.normalize('NFD').replaceAll(/\p{M}/gu, '')).toLowerCase();
}

/** The places in a text where one of the words stands, in order, at most `limit`. */
export function findWords(text: string, { whole, prefix }: SearchWords, limit: number): Token[] {
  const found: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const token = toToken(match);
    if (whole.has(token.folded) || (prefix !== undefined && token.folded.startsWith(prefix))) found.push(token);
    if (found.length === limit) break;
  }
  return found;
}

/** A piece of a text: `end` is the first place after it. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

/** A long text is looked at in parts of about so many characters. */
const PART = 4_096;
const NO_TOKEN = /[^\p{L}\p{N}\p{Co}\p{M}]/gu;
const OF_TOKEN = /[\p{L}\p{N}\p{Co}]/u;

/** The first part of a text in which most of the words stand, without taking apart all of it, which takes ten times as long. Undefined: none of them does. */
export function findPart(text: string, { whole, prefix }: SearchWords): Part | undefined {
  const wanted = [
    ...[...whole].map((word) => ({ word, isWhole: true })),
    ...(prefix === undefined ? [] : [{ word: prefix, isWhole: false }]),
  ];
  let best: Part | undefined;
  let most = 0;
  for (let start = 0, end = 0; start < text.length && most < wanted.length; start = end) {
    end = endOfPart(text, start);
    const folded = fold(text.slice(start, end));
    const count = wanted.filter((word) => hasWord(folded, word)).length;
    if (count > most) [best, most] = [{ start, end }, count];
  }
  return best;
}

/** After a whole word. */
function endOfPart(text: string, start: number): number {
  NO_TOKEN.lastIndex = start + PART;
  return NO_TOKEN.exec(text)?.index ?? text.length;
}

function hasWord(folded: string, { word, isWhole }: { readonly word: string; readonly isWhole: boolean }): boolean {
  for (let at = folded.indexOf(word); at !== -1; at = folded.indexOf(word, at + 1)) {
    const isBegun = !OF_TOKEN.test(characterBefore(folded, at));
    if (isBegun && (!isWhole || !OF_TOKEN.test(characterAt(folded, at + word.length)))) return true;
  }
  return false;
}

function characterAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0);
}

function characterBefore(text: string, at: number): string {
  const isHalf = /[\udc00-\udfff]/.test(text.charAt(at - 1));
  return text.slice(at - (isHalf ? 2 : 1), at);
}
