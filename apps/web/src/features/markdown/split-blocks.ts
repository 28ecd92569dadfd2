import { parser, type References, type Token } from './parser.ts';

/**
 * Cuts Markdown into its top-level blocks while it is still growing. A block is closed once another one has begun on a line that is complete: from then on
 * no further text can change it, so it is rendered once. Only the last block is looked at again when text arrives.
 */
export interface Split {
  /** Sources of the blocks that cannot change any more. */
  readonly closed: readonly string[];
  /** The source of the last one. */
  readonly open: string;
  /** Where `[name]` leads, as far as it was said. The object is a new one whenever something was added. */
  readonly references: References;
  /** How many characters of the text the closed blocks take. */
  readonly closedLength: number;
  readonly text: string;
}

export const EMPTY_SPLIT: Split = { closed: [], open: '', references: {}, closedLength: 0, text: '' };

/** The split of `text`, continuing from the split of a text it begins with (any other is started over). */
export function extendSplit(previous: Split, text: string): Split {
  const whole = normalizeLineEnds(text);
  const base = whole.startsWith(previous.text) ? previous : EMPTY_SPLIT;
  if (whole === base.text) return base;
  const rest = whole.slice(base.closedLength);
  const env: { references?: References } = {};
  const cuts = findCuts(rest, env);
  const closed = [...base.closed];
  let start = 0;
  for (const cut of cuts) {
    closed.push(rest.slice(start, cut));
    start = cut;
  }
  return {
    closed,
    open: rest.slice(start),
    references: mergeReferences(base.references, env.references),
    closedLength: base.closedLength + start,
    text: whole,
  };
}

/** A lone CR at the end may be half of a CRLF: it waits for its other half. */
function normalizeLineEnds(text: string): string {
  if (!text.includes('\r')) return text;
  return (text.endsWith('\r') ? text.slice(0, -1) : text).replaceAll(/\r\n?/g, '\n');
}

/** Offsets in `text` where a block begins whose predecessor is closed by it. */
function findCuts(text: string, env: { references?: References }): number[] {
  const tokens: Token[] = [];
  parser.block.parse(text, parser, env, tokens);
  const starts = tokens
    .filter((token) => token.level === 0 && token.nesting >= 0 && token.map !== null)
    .map((token) => token.map?.[0] ?? 0);
  if (starts.length < 2) return [];
  const cuts: number[] = [];
  let line = 0;
  let offset = 0;
  for (const start of starts.slice(1)) {
    while (line < start) {
      offset = text.indexOf('\n', offset) + 1;
      line += 1;
    }
    if (!text.includes('\n', offset)) break;
    cuts.push(offset);
  }
  return cuts;
}

/** What was said first counts, as in CommonMark. */
function mergeReferences(before: References, found: References | undefined): References {
  if (found === undefined) return before;
  const added = Object.keys(found).filter((name) => !Object.hasOwn(before, name));
  return added.length === 0 ? before : { ...found, ...before };
}
