const LONGEST = 80;
const SHORTEST = 3;
/** Marks that models put around a title; a pair of them, or one that lost its partner. */
const AROUND = /^[\s"'“”„‘’«»`*_#>-]+|[\s"'“”„‘’«»`*_]+$/gu;

/** What a model wrote as one line without quotes, marks and a full stop. Undefined: it is no title. */
export function cleanTitle(text: string): string | undefined {
  const line = text
    .toWellFormed()
    .split('\n')
    .map((one) => one.trim())
    .find((one) => one !== '');
  if (line === undefined) return undefined;
  const bare = line
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/^\W*(?:short )?(?:title|titel|titre|título)\W*:\s*/iu, '')
    .replaceAll(AROUND, '')
    .replace(/(?<![.…])\.$/u, '')
    .trim();
  const { length } = [...bare];
  return length < SHORTEST || length > LONGEST || !/\p{L}/u.test(bare) ? undefined : bare;
}
