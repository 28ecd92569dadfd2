const FENCE = /^ {0,3}(`{3,}|~{3,})(.*)$/;
const WORD_END = /[*_~`([]*[\p{L}\p{N}_'’-]+$/u;
const WORD_START = /^[\p{L}\p{N}_'’-]/u;
/** Written without blanks between words, so that a line has no place where one begins. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/**
 * What each part of an answer shows where somebody else went on. A word that was cut in two stands whole after the seam, and a block of code that was
 * open there goes on as code, from the line that was cut.
 */
export function shownTexts(texts: readonly string[]): string[] {
  const shown = [...texts];
  for (let index = 0; index + 1 < shown.length; index += 1) {
    const text = shown[index] ?? '';
    const next = shown[index + 1] ?? '';
    const { kept, carried } = cutAt(text, next);
    if (next === '' || kept.trim() === '') continue;
    const fence = openFence(kept);
    shown[index] = kept;
    shown[index + 1] = `${fence === undefined ? '' : `${fence}\n`}${carried}${next}`;
  }
  return shown;
}

/** Where the first part ends: before the line of code or the word that the second one completes. */
function cutAt(text: string, next: string): { readonly kept: string; readonly carried: string } {
  const lineStart = text.lastIndexOf('\n') + 1;
  const isCode = openFence(text.slice(0, lineStart)) !== undefined || FENCE.test(text.slice(lineStart));
  if (isCode && !next.startsWith('\n')) return { kept: text.slice(0, lineStart), carried: text.slice(lineStart) };
  const word = WORD_START.test(next) ? (WORD_END.exec(text)?.[0] ?? '') : '';
  const length = UNSPACED.test(word) ? 0 : word.length;
  return { kept: text.slice(0, text.length - length), carried: text.slice(text.length - length) };
}

/** The line that began the block of code in which the text ends, if it does. */
function openFence(text: string): string | undefined {
  let open: { readonly line: string; readonly marks: string } | undefined;
  for (const line of text.split('\n')) {
    const [, marks = '', rest = ''] = FENCE.exec(line) ?? [];
    if (marks === '') continue;
    if (open === undefined) {
      if (!(marks.startsWith('`') && rest.includes('`'))) open = { line, marks };
    } else if (marks.startsWith(open.marks) && rest.trim() === '') open = undefined;
  }
  return open?.line;
}
