import { Fragment } from 'react';

import { showHidden } from '../markdown/safe-link.ts';
import { toPieces, type Mark } from './to-pieces.ts';

/** A plain text in which the words that were looked for stand out. */
export function Marked({ text, marks }: { readonly text: string; readonly marks: readonly Mark[] }) {
  let at = 0;
  return toPieces(text, marks).map((piece) => {
    const key = at;
    at += piece.text.length;
    const shown = showHidden(piece.text);
    return piece.isMarked ? <mark key={key}>{shown}</mark> : <Fragment key={key}>{shown}</Fragment>;
  });
}
