import { isIP } from 'node:net';
import { right, wrong, type Parsed } from '../setting.ts';

const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i;

/** A name as DNS and hosts files know it: labels of letters, digits and hyphens, separated by dots. */
export function isHostName(text: string): boolean {
  return (
    text.length <= 253 &&
    text
      .replace(/\.$/, '')
      .split('.')
      .every((label) => LABEL.test(label))
  );
}

/** Whether a server listening here can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** Where to listen: an address or a name, without a port. IPv6 with or without brackets. */
export function parseListenHost(text: string): Parsed<string> {
  const bare = text.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (isIP(bare) !== 0 || (isHostName(bare) && !/^[\d.]+$/.test(bare))) return right(bare);
  return wrong('an address or a host name without a port, such as 127.0.0.1 or 0.0.0.0');
}

/** Names under which clients may reach the server, each with its port if it has one, in lower case. */
export function parseAllowedHosts(text: string): Parsed<readonly string[]> {
  const hosts = new Set<string>();
  for (const item of text.split(',')) {
    const [, name = '', port] = /^\s*(\[[^\]]*\]|[^:\s]*)(?::(\d+))?\s*$/.exec(item) ?? [];
    const bare = name.replace(/^\[(.*)\]$/, '$1');
    const isRight =
      (name.startsWith('[') ? isIP(bare) === 6 : isHostName(name)) && (port === undefined || (Number(port) > 0 && Number(port) <= 65_535));
    if (!isRight) return wrong('host names separated by commas, each with a port if it needs one, such as pilot.home or pilot.home:8443');
    hosts.add((port === undefined ? name : `${name}:${Number(port)}`).toLowerCase());
  }
  return right([...hosts]);
}
