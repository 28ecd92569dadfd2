import { memo, useState } from 'react';

import { parseBlock, type References } from './parser.ts';
import { renderTokens } from './render-tokens.tsx';
import { showHidden } from './safe-link.ts';
import { EMPTY_SPLIT, extendSplit, type Split } from './split-blocks.ts';

/** A longer block is shown as plain text, so that no answer can stop the page. In characters. */
const MAX_BLOCK = 60_000;
const PIECE = 8000;

/** An answer's text, whole or still coming (`isOpen`). Blocks that are closed are rendered once. */
export const Markdown = memo(function Markdown({ text, isOpen }: { readonly text: string; readonly isOpen: boolean }) {
  const [extend] = useState(createExtender);
  const split = extend(text);
  return (
    <div className={isOpen ? 'prose writing' : 'prose'} dir="auto">
      {split.closed.map((source, index) => (
        // Blocks are only ever added at the end: their place is what they are.
        // oxlint-disable-next-line react/no-array-index-key
        <Block key={index} source={source} references={forBlock(source, split.references)} isOpen={false} />
      ))}
      <Block key={split.closed.length} source={split.open} references={forBlock(split.open, split.references)} isOpen={isOpen} />
    </div>
  );
});

function createExtender(): (text: string) => Split {
  let split = EMPTY_SPLIT;
  return (text) => {
    split = extendSplit(split, text);
    return split;
  };
}

/** A block without brackets does not depend on references, and is not rendered again when one is added. */
function forBlock(source: string, references: References): References | undefined {
  return source.includes('[') ? references : undefined;
}

interface BlockProps {
  readonly source: string;
  readonly references: References | undefined;
  readonly isOpen: boolean;
}

const Block = memo(function Block({ source, references, isOpen }: BlockProps) {
  const tokens = source.length > MAX_BLOCK && !isFence(source) ? undefined : parseBlock(source, references);
  return tokens === undefined ? <PlainText source={source} /> : <>{renderTokens(tokens, isOpen)}</>;
});

function isFence(source: string): boolean {
  return /^ {0,3}(```|~~~)/.test(source);
}

function PlainText({ source }: { readonly source: string }) {
  const pieces: string[] = [];
  for (let start = 0; start < source.length;) {
    const lineEnd = source.lastIndexOf('\n', start + PIECE);
    const end = lineEnd > start ? lineEnd + 1 : start + PIECE;
    pieces.push(source.slice(start, end));
    start = end;
  }
  return (
    <div className="plain-text">
      {pieces.map((piece, index) => (
        // As above.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={index}>{showHidden(piece)}</span>
      ))}
    </div>
  );
}
