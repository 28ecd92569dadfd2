/**
 * Postgres takes every character in a text but U+0000. It is stored as U+0001 with a sign after it, and so is U+0001 itself, which hardly any text holds:
 * nothing else changes, and every text comes back as it was.
 */
export function escapeText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these two are what it is about
  return text.replaceAll(/[\u0000\u0001]/g, (character) => (character === '\u0000' ? '\u00010' : '\u00011'));
}

export function unescapeText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the sign that escapeText sets
  return text.includes('\u0001') ? text.replaceAll(/\u0001([01])/g, (_, sign: string) => (sign === '0' ? '\u0000' : '\u0001')) : text;
}
