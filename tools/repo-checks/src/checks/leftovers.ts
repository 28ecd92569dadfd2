import { eachFile, isCode, placeOf, type Check } from '../check.ts';

const TEXT = /\.(ts|tsx|mts|mjs|js|css|html|sh|py|md|json|ya?ml)$/;
const LEFT_BEHIND = /(\.(orig|rej|bak|tmp|swp|log)|~|\.DS_Store)$/;

/** One letter of each is in brackets, so that this file does not find itself. */
const UNFINISHED = /\b(T[O]DO|FIX[M]E|X[X]X|HA[C]K)\b/g;
const CONFLICT = /^(<{7} |={7}$|>{7} )/gm;
const SILENCED = /@ts-(ig[n]ore|no[c]heck)/g;

/** Nothing is left for later, half merged or silenced. */
export const leftovers: Check = eachFile(
  'leftovers',
  (path) => LEFT_BEHIND.test(path) || (TEXT.test(path) && path !== 'package-lock.json' && !path.includes('/fixtures/')),
  (file) => {
    if (LEFT_BEHIND.test(file.path)) return [`${file.path} is left behind. Delete it.`];
    return [
      ...hits(file, UNFINISHED, (word) => `says ${word}. Do it now, or file an issue.`),
      ...hits(file, CONFLICT, () => 'is a conflict that was not resolved.'),
      ...(isCode(file.path) ? hits(file, SILENCED, (word) => `silences the compiler with ${word}. Correct the type.`) : []),
    ];
  },
);

function hits(
  file: { readonly path: string; readonly text: string },
  pattern: RegExp,
  words: (match: string) => string,
): readonly string[] {
  return [...file.text.matchAll(pattern)].map((match) => `${placeOf(file, match.index)} ${words(match[0])}`);
}
