/** Where a link of a model's answer leads, if anywhere. */
export type Link =
  | { readonly kind: 'open'; readonly href: string; /** What to show of the target. */ readonly target: string }
  | { readonly kind: 'blocked'; /** The target as text. */ readonly target: string };

const SHOWN_LENGTH = 80;

/** Only absolute http, https and mailto links lead out of an answer. The target is read by the browser's own rules, so a scheme that is broken up by tabs does not pass. */
export function toLink(href: string): Link {
  const url = URL.canParse(href) ? new URL(href) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return { kind: 'open', href: url.href, target: url.host };
  if (url?.protocol === 'mailto:') return { kind: 'open', href: url.href, target: url.pathname };
  return { kind: 'blocked', target: shorten(decode(href)) };
}

function decode(href: string): string {
  try {
    return decodeURI(href);
  } catch {
    return href;
  }
}

function shorten(text: string): string {
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}

const HIDDEN = /[\u202A-\u202E\u2066-\u2069]|(?<!\u{1F3F4}[\u{E0020}-\u{E007F}]*)[\u{E0000}-\u{E007F}]/gu;

/** Characters that turn the direction of what follows, or are invisible by design, become a visible mark. (Flags are written with some of them and stay.) */
export function showHidden(text: string): string {
  return text.replaceAll(HIDDEN, '\u{FFFD}');
}
