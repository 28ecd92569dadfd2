const MAX_LENGTH = 120;
const NAMELESS = 'file';

/**
 * A name as it may be shown and given to a model: one line, without folders, controls, characters that turn the direction of writing, or quotes of code.
 * A long one keeps its ending.
 */
export function cleanFileName(name: string): string {
  const line = name
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFD]/gu, '')
    .replaceAll(/\s+/g, ' ');
  const own = (line.split(/[/\\]/).at(-1) ?? '').replaceAll(/[`<>:"|?*]/g, '_').trim();
  if (/^\.*$/.test(own)) return NAMELESS;
  const characters = [...own];
  if (characters.length <= MAX_LENGTH) return own;
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(own)?.[0] ?? '';
  return `${characters.slice(0, MAX_LENGTH - ending.length - 1).join('')}…${ending}`;
}
