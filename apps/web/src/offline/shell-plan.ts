/**
 * What is kept of the page in the browser, so that it opens while the server is away: the shell alone, its documents, scripts, styles, fonts and marks, and never an
 * answer of the API. The page itself is asked of the server first, so that an update is seen at once.
 */

export type ShellAction =
  /** The document: from the server, and only if that does not answer, the one that was kept. */
  | 'page'
  /** Named after its content: what was kept is as good as what the server has. */
  | 'asset'
  /** A small file that keeps its name: from the server if it answers. */
  | 'mark'
  /** Not ours to touch. */
  | 'none';

interface AskedFor {
  readonly method: string;
  readonly url: string;
  readonly mode: string;
  /** Where the page comes from. */
  readonly origin: string;
}

const PAGE = /^\/(?:c\/[A-Za-z0-9_-]{1,64})?$/;
const MARK = /^\/(?:flames\/[a-z]+\.svg|icon(?:-\d+)?\.(?:svg|png)|manifest\.webmanifest)$/;

export function toShellAction({ method, url, mode, origin }: AskedFor): ShellAction {
  const address = new URL(url);
  if (method !== 'GET' || address.origin !== origin) return 'none';
  if (mode === 'navigate') return PAGE.test(address.pathname) ? 'page' : 'none';
  if (address.pathname.startsWith('/assets/')) return 'asset';
  return MARK.test(address.pathname) ? 'mark' : 'none';
}

const PREFIX = 'pilotlight-shell-';

export function toCacheName(version: string): string {
  return `${PREFIX}${version}`;
}

/**
 * What to throw away once this version is there. `names` are in the order in which they were made. The version before it stays for pages that are still open and
 * fetch a part of themselves only now.
 */
export function cachesToDelete(names: readonly string[], current: string): string[] {
  const ours = names.filter((name) => name.startsWith(PREFIX) && name !== current);
  return ours.slice(0, -1);
}

/** The version that was kept last; undefined where none is. `names` are in the order in which they were made. */
export function toNewestCache(names: readonly string[]): string | undefined {
  return names.findLast((name) => name.startsWith(PREFIX));
}

/** What a proxy answers in place of a server that is not there. */
export function isAway(status: number): boolean {
  return status === 502 || status === 503 || status === 504;
}
