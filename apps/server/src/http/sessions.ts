import type { Clock, Randomness } from '@pilotlight/contract';
import { Problem } from '@pilotlight/contract';

import { createTokenCheck, digest } from './token.ts';

const SESSION_COOKIE = 'pilotlight_session';

const SESSION_MS = 30 * 24 * 3_600_000;
const MOST_SESSIONS = 1_000;
const ATTEMPTS = 10;
const ATTEMPTS_WINDOW_MS = 60_000;
const MOST_ADDRESSES = 10_000;

/** Browsers that are signed in. A session's id is random and kept only as a hash; it ends with the server, by signing out, or after 30 days. */
export interface Sessions {
  /** Whether a token is set at all. */
  readonly tokenNeeded: boolean;
  /** Returns for the right token. Throws `unauthorized` for another, `too_many_attempts` for any after ten wrong ones within a minute from one address. */
  checkToken(presented: string, remote: string): void;
  /** The `Set-Cookie` of a new session. Throws as `checkToken` does; guesses here and there count together. */
  signIn(token: string, remote: string): string;
  /** The `Set-Cookie` that ends it in the browser; the session itself is gone with this call. */
  signOut(cookies: string | undefined): string;
  isSignedIn(cookies: string | undefined): boolean;
}

interface Failures {
  count: number;
  readonly sinceMs: number;
}

export function createSessions(token: string | undefined, { clock, randomness }: { clock: Clock; randomness: Randomness }): Sessions {
  const isTokenRight = token === undefined ? () => true : createTokenCheck(token);
  const endsByHash = new Map<string, number>();
  const failures = new Map<string, Failures>();

  function refuseTooMany(remote: string): void {
    const known = failures.get(remote);
    if (!known) return;
    const leftMs = known.sinceMs + ATTEMPTS_WINDOW_MS - clock.monotonic();
    if (leftMs <= 0) failures.delete(remote);
    else if (known.count >= ATTEMPTS) {
      throw new Problem('too_many_attempts', `${ATTEMPTS} wrong tokens within a minute.`, {
        field: 'Authorization',
        retryAfterSeconds: Math.ceil(leftMs / 1_000),
      });
    }
  }

  function checkToken(presented: string, remote: string): void {
    refuseTooMany(remote);
    if (isTokenRight(presented)) return;
    const known = failures.get(remote) ?? { count: 0, sinceMs: clock.monotonic() };
    known.count += 1;
    failures.set(remote, known);
    dropOldest(failures, MOST_ADDRESSES);
    throw new Problem('unauthorized', 'The token is not the one of this server.', { field: 'token' });
  }

  function signIn(presented: string, remote: string): string {
    checkToken(presented, remote);
    failures.delete(remote);
    const id = `${randomness.id()}-${randomness.id()}`;
    endsByHash.set(hashOf(id), clock.now() + SESSION_MS);
    dropOldest(endsByHash, MOST_SESSIONS);
    return `${SESSION_COOKIE}=${id}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_MS / 1_000}`;
  }

  return {
    tokenNeeded: token !== undefined,
    checkToken,
    signIn,
    signOut(cookies) {
      for (const id of sessionIds(cookies)) endsByHash.delete(hashOf(id));
      return `${SESSION_COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`;
    },
    isSignedIn(cookies) {
      return sessionIds(cookies).some((id) => {
        const hash = hashOf(id);
        const endsMs = endsByHash.get(hash);
        if (endsMs === undefined) return false;
        if (endsMs > clock.now()) return true;
        endsByHash.delete(hash);
        return false;
      });
    },
  };
}

function hashOf(id: string): string {
  return digest(id).toString('base64url');
}

function sessionIds(cookies: string | undefined): string[] {
  if (cookies === undefined) return [];
  const prefix = `${SESSION_COOKIE}=`;
  return cookies
    .split(';', 50)
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie.startsWith(prefix) && cookie.length < 200)
    .map((cookie) => cookie.slice(prefix.length));
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
