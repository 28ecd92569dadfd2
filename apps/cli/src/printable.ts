// Control characters but tab and newline, the bidirectional overrides, and the invisible tag characters: what a model writes must not steer a terminal.
// oxlint-disable-next-line no-control-regex -- control characters are what this removes
const UNPRINTABLE = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E007F}]/gu;

/** The text without what could move the cursor, change colours or hide something. */
export function toPrintable(text: string): string {
  return text.replace(UNPRINTABLE, '');
}
