import { Problem } from '@pilotlight/contract';

const DEFAULT_HTTP_PORT = 80;

export interface Listening {
  /** The address that was configured, such as `127.0.0.1`, `::1`, `0.0.0.0`. */
  readonly host: string;
  readonly port: number;
  /** More names, each with or without a port. */
  readonly allowedHosts: readonly string[];
  /** Of this machine's network interfaces; used only where all of them are listened on. */
  readonly interfaceAddresses: readonly string[];
}

/**
 * Every `Host` header that this server answers to, letter by letter as a client sends it. There is no normalising: what is not in the set is refused, so
 * there is no second reading that could differ from the first (user info, a trailing dot, capitals, other spellings of an address).
 */
export function allowedHosts({ host, port, allowedHosts: more, interfaceAddresses }: Listening): ReadonlySet<string> {
  const isWildcard = host === '0.0.0.0' || host === '::';
  const names = ['localhost', '127.0.0.1', '::1', ...(isWildcard ? interfaceAddresses : [host])].map(bracket);
  const own = names.flatMap((name) => (port === DEFAULT_HTTP_PORT ? [name, `${name}:${port}`] : [`${name}:${port}`]));
  // A name of the user's own may stand before a proxy at the default port, where clients send no port.
  const theirs = more.map((entry) => entry.toLowerCase()).flatMap((entry) => (hasPort(entry) ? [entry] : [entry, `${entry}:${port}`]));
  return new Set([...own, ...theirs]);
}

function bracket(name: string): string {
  return name.includes(':') && !name.startsWith('[') ? `[${name}]` : name.toLowerCase();
}

function hasPort(entry: string): boolean {
  return /:\d+$/.test(entry);
}

/** The one `Host` of a request. Throws if it is missing, given twice, or not one of ours; what came is never repeated in the answer. */
export function checkHost(rawHeaders: readonly string[], target: string, allowed: ReadonlySet<string>): string {
  const hosts = headerValues(rawHeaders, 'host');
  const [host] = hosts;
  if (host === undefined || hosts.length > 1)
    throw new Problem('invalid_request', 'The request needs exactly one Host header.', { field: 'Host' });
  if (!target.startsWith('/')) throw new Problem('invalid_request', 'The request target must be a path.', { field: 'path' });
  if (!allowed.has(host)) throw new Problem('host_not_allowed', 'The Host header names no address of this server.', { field: 'Host' });
  return host;
}

/** All values of a header, in their order; `rawHeaders` alternates names and values. */
export function headerValues(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? '');
  }
  return values;
}
