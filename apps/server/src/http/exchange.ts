import type { Randomness } from '@pilotlight/contract';
import { Problem } from '@pilotlight/contract';

import { checkHost } from './allowed-hosts.ts';
import { checkOrigin } from './check-origin.ts';
import type { Sessions } from './sessions.ts';
import { bearerOf } from './token.ts';

export const MAX_URL_LENGTH = 8 * 1024;

/** What the doorkeeper needs of a request. */
export interface Arrival {
  readonly method: string;
  /** The request target as it came. */
  readonly target: string;
  readonly rawHeaders: readonly string[];
  /** The address at the other end of the connection. */
  readonly remote: string;
  readonly header: (name: string) => string | undefined;
}

export interface Door {
  readonly allowedHosts: () => ReadonlySet<string>;
  readonly sessions: Sessions;
  /** Pages and their files, which anybody may follow a link to, and which are the same for everybody. */
  readonly isPage: (path: string) => boolean;
  /** Addresses that answer without a token. */
  readonly isOpen: (path: string) => boolean;
}

/**
 * The one place that decides whether a request comes in: before routing, for every address and every method alike, known to us or not.
 * Throws the problem; forwarding headers of any kind are not looked at.
 */
export function admit(arrival: Arrival, door: Door): void {
  const { method, target, rawHeaders } = arrival;
  const host = checkHost(rawHeaders, target, door.allowedHosts());
  const path = pathOf(target);
  checkOrigin({ rawHeaders, host, method, isPage: door.isPage(path) });
  if (target.length > MAX_URL_LENGTH)
    throw new Problem('invalid_request', `The address is longer than ${MAX_URL_LENGTH} characters.`, { field: 'path' });
  if (!door.sessions.tokenNeeded || door.isOpen(path)) return;
  if (door.sessions.isSignedIn(arrival.header('cookie'))) return;
  const token = bearerOf(arrival.header('authorization'));
  if (token === undefined) throw new Problem('unauthorized', 'The request carries no token and no session.', { field: 'Authorization' });
  door.sessions.checkToken(token, arrival.remote);
}

export function pathOf(target: string): string {
  const end = target.search(/[?#]/);
  return end === -1 ? target : target.slice(0, end);
}

/** The id under which a request is found in the log. */
export function newRequestId(randomness: Randomness): string {
  return `req_${randomness.id().replaceAll('-', '').slice(0, 20)}`;
}
