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
  return { start, end: start + word.length, folded: word.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase() };
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
