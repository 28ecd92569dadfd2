import { isIP, isIPv6 } from 'node:net';
import { right, wrong, type Parsed } from '../setting.ts';
import { isHostName } from './host-name.ts';

const FORMS = 'host, host:port, :port or http(s)://host:port/path, several separated by commas, such as 127.0.0.1:11434';

const THIS_MACHINE: Readonly<Record<string, string>> = { '': '127.0.0.1', '0.0.0.0': '127.0.0.1', '::': '::1' };

/** `OLLAMA_HOST` in every form that Ollama's own client takes, as base URLs without a trailing slash, each once, in the order given. */
export function parseOllamaHosts(text: string): Parsed<readonly string[]> {
  const urls = new Set<string>();
  for (const part of unquote(text).split(',')) {
    const host = parseHost(unquote(part));
    if (!host.ok) return host;
    urls.add(host.value);
  }
  return right([...urls]);
}

function parseHost(text: string): Parsed<string> {
  const [, scheme = '', rest = ''] = /^(?:([^/]*):\/\/)?(.*)$/s.exec(text) ?? [];
  if (text === '' || /[\s?#%\\]/.test(text)) return wrong(FORMS);
  if (!['', 'http', 'https'].includes(scheme.toLowerCase()))
    return wrong('an address that begins with http:// or https://, or with no scheme');
  if (rest.includes('@')) return wrong('an address without a user name or password in it');
  const slash = rest.indexOf('/');
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? '' : rest.slice(slash).replace(/\/+$/, '');
  const place = toPlace(authority, defaultPort(scheme.toLowerCase()));
  if (!place.ok) return place;
  return right(`${scheme.toLowerCase() || 'http'}://${place.value}${path}`);
}

function defaultPort(scheme: string): number {
  if (scheme === 'https') return 443;
  return scheme === 'http' ? 80 : 11_434;
}

/** `host:port` for a URL, with brackets around an IPv6 address. */
function toPlace(authority: string, fallbackPort: number): Parsed<string> {
  const [host, portText] = splitPort(authority);
  if (portText?.includes(':') === true) return wrong(FORMS);
  const port = portText === undefined ? fallbackPort : Number(portText);
  if (portText !== undefined && (!/^\d{1,5}$/.test(portText) || port < 1 || port > 65_535))
    return wrong('an address whose port is a number from 1 to 65535');
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (/^\d+$/.test(bare)) return wrong(`an address: to name only a port, put a colon before it, as in :${bare}`);
  if (bare !== '' && isIP(bare) === 0 && !isHostName(bare)) return wrong(FORMS);
  const named = THIS_MACHINE[bare] ?? bare.toLowerCase();
  return right(`${isIPv6(named) ? `[${named}]` : named}:${port}`);
}

function splitPort(authority: string): readonly [host: string, port: string | undefined] {
  if (isIPv6(authority)) return [authority, undefined];
  const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(authority);
  return match === null ? [authority, undefined] : [match[1] ?? '', match[2]];
}

function unquote(text: string): string {
  return text
    .trim()
    .replace(/^["']+|["']+$/g, '')
    .trim();
}
