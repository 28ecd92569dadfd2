import { Problem } from '@pilotlight/contract';

import { headerValues } from './allowed-hosts.ts';

export interface OriginFacts {
  readonly rawHeaders: readonly string[];
  /** The Host header, already found to be ours. */
  readonly host: string;
  readonly method: string;
  /** The page and its files: somebody may follow a link to them from elsewhere. */
  readonly isPage: boolean;
}

/**
 * Refuses requests that a page of another origin makes a browser send. Clients that are no browser send neither header and pass; what stops them is
 * the loopback address or the token. There are no CORS headers: no other origin is ever let in.
 */
export function checkOrigin({ rawHeaders, host, method, isPage }: OriginFacts): void {
  for (const origin of headerValues(rawHeaders, 'origin')) {
    if (origin !== `http://${host}` && origin !== `https://${host}`) throw refusal('Origin');
  }
  for (const site of headerValues(rawHeaders, 'sec-fetch-site')) {
    if (site === 'same-origin' || site === 'none') continue;
    if (!(isPage && isNavigation(rawHeaders, method))) throw refusal('Sec-Fetch-Site');
  }
}

function isNavigation(rawHeaders: readonly string[], method: string): boolean {
  const only = (name: string, value: string): boolean => {
    const values = headerValues(rawHeaders, name);
    return values.length === 1 && values[0] === value;
  };
  return method === 'GET' && only('sec-fetch-mode', 'navigate') && only('sec-fetch-dest', 'document');
}

function refusal(field: string): Problem {
  return new Problem('origin_not_allowed', 'The request was sent by a page that this server does not serve.', { field });
}
