import { right, wrong, type Parsed } from '../setting.ts';
import { isHostName } from './host-name.ts';
import { isIP } from 'node:net';

/** Servers that speak the API of OpenAI, by name, and what belongs to each. */
export type ByServer = Readonly<Record<string, string>>;

const FORMS = '[NAME=]ADDRESS, several separated by commas, such as gpu=http://gpu-1:8000/v1,http://127.0.0.1:8080';
const NAME = /^[a-z0-9][a-z0-9._-]{0,39}$/;
/** What other engines are called. */
const TAKEN = new Set(['ollama', 'llama.cpp', 'openai']);

/** `[NAME=]ADDRESS`, separated by commas; a server without a name is called by its host and port. */
export function parseServers(text: string): Parsed<ByServer> {
  const servers: Record<string, string> = {};
  for (const part of text.split(',').map((item) => item.trim())) {
    const [, name, rest] = /^([^=/:]*)=(.*)$/.exec(part) ?? [undefined, undefined, part];
    if (name !== undefined && (!NAME.test(name) || TAKEN.has(name)))
      return wrong(
        `${FORMS}; a name is up to 40 lower-case letters, digits, dots, hyphens and underscores, and not that of another engine`,
      );
    const address = parseAddress(rest ?? '');
    if (!address.ok) return address;
    const key = name ?? new URL(address.value).host;
    if (Object.hasOwn(servers, key)) return wrong(`${FORMS}, each server once; "${key}" is there twice`);
    servers[key] = address.value;
  }
  return right(servers);
}

function parseAddress(text: string): Parsed<string> {
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  if (text === '' || /[\s?#@\\]/.test(text) || !URL.canParse(withScheme)) return wrong(FORMS);
  const { protocol, hostname, origin, pathname } = new URL(withScheme);
  if (protocol !== 'http:' && protocol !== 'https:')
    return wrong(`${FORMS}; an address begins with http:// or https://, or with no scheme`);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) === 0 && !isHostName(host)) return wrong(FORMS);
  return right(`${origin}${pathname.replace(/\/+$/, '')}`);
}

/** `NAME=KEY`, separated by commas. The message never holds a key. */
export function parseServerKeys(text: string): Parsed<ByServer> {
  const keys: Record<string, string> = {};
  for (const part of text.split(',').map((item) => item.trim())) {
    const [, name, key] = /^([a-z0-9][a-z0-9._:[\]-]*)=([\x21-\x2b\x2d-\x7e]{1,512})$/.exec(part) ?? [];
    if (name === undefined || key === undefined)
      return wrong('NAME=KEY, several separated by commas, with the names of PILOTLIGHT_SERVERS');
    keys[name] = key;
  }
  return right(keys);
}
