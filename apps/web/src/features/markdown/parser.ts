import MarkdownIt from 'markdown-it';

/** Deeper than this, a block is shown as the text it is. Each list takes two levels, each quote one. */
const MAX_NESTING = 60;

/**
 * The one parser, for text that is still coming and for text that is whole. No raw HTML: tags stay text. Every link is kept by the parser, so that the
 * renderer can show what it blocks (see `toLink`).
 */
export const parser = new MarkdownIt({ html: false, linkify: true, breaks: true, maxNesting: MAX_NESTING });
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
parser.validateLink = () => true;

type Parsed = ReturnType<typeof parser.parse>;
export type Token = Parsed[number];
export type References = NonNullable<NonNullable<Parameters<typeof parser.parse>[1]>['references']>;

/** The tokens of one block, or undefined if it is nested too deeply to be shown as anything but text. */
export function parseBlock(source: string, references: References | undefined): Token[] | undefined {
  const tokens = parser.parse(source, { references: { ...references } });
  return tokens.some((token) => token.level >= MAX_NESTING - 1) ? undefined : tokens;
}
