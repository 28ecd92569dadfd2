import { readImageHeader } from './read-image-header.ts';
import type { ImageHeader } from './read-image-header.ts';

/** What a file is by what is in it. */
export type Recognised =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'pdf' }
  | ({ readonly kind: 'image' } & ImageHeader)
  /** `reason` is a sentence. */
  | { readonly kind: 'refused'; readonly reason: string };

/** How far into a file the mark of a PDF may stand. */
const PDF_MARK_WITHIN = 1024;

/** Decides by the bytes alone: the name of a file says nothing that can be relied on. Nothing is decoded but UTF-8. */
export function recogniseFile(bytes: Uint8Array): Recognised {
  if (bytes.byteLength === 0) return refuse('The file is empty.');
  const image = readImageHeader(bytes);
  if (image === 'damaged') return refuse('It begins like an image, but its size cannot be read from it.');
  if (image !== undefined) return { kind: 'image', ...image };
  if (isPdf(bytes)) return { kind: 'pdf' };
  if (hasWideMark(bytes)) return refuse('It is text in UTF-16 or UTF-32. Save it as UTF-8.');
  return recogniseText(bytes);
}

/** Which kind it will be, from its beginning alone: what limits its size. */
export function guessKind(beginning: Uint8Array): 'text' | 'pdf' | 'image' {
  if (readImageHeader(beginning) !== undefined) return 'image';
  return isPdf(beginning) ? 'pdf' : 'text';
}

function refuse(reason: string): Recognised {
  return { kind: 'refused', reason };
}

function isPdf(bytes: Uint8Array): boolean {
  const beginning = bytes.subarray(0, PDF_MARK_WITHIN);
  const text = String.fromCharCode(...beginning);
  // Text that speaks of the mark is text all the same: before it only what no text has, or nothing.
  return text.startsWith('%PDF-') || (/%PDF-\d\.\d/.test(text) && beginning.some((byte) => isControl(byte)));
}

function hasWideMark(bytes: Uint8Array): boolean {
  const [a, b] = bytes;
  return (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);
}

function recogniseText(bytes: Uint8Array): Recognised {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse('It is neither an image nor a PDF, and not text in UTF-8.');
  }
  // A few in a long log are no reason to refuse it; a NUL is in no text.
  if (text.includes('\0')) return refuse('It has NUL characters in it, as programs and archives have and text has not.');
  return { kind: 'text', text };
}

/** A byte that no text in ASCII has. */
function isControl(byte: number): boolean {
  return byte < 0x09 || (byte > 0x0d && byte < 0x20);
}
