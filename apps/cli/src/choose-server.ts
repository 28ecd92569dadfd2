import { isLoopback } from '@pilotlight/settings';
import type { Settings } from '@pilotlight/settings';

import { ServerFailure } from './server-client.ts';

export interface ChosenServer {
  readonly url: string;
  /** What this server may be told; undefined: nothing. */
  readonly token: string | undefined;
}

/**
 * The server that `--url`, or else the settings, name, and the token for it. A token that lies in a file is for the server of the same settings
 * alone; one in the environment was put there for the command at hand, and goes along to wherever that is sent.
 */
export function chooseServer(
  url: string | undefined,
  { host, port, token, origins }: Pick<Settings, 'host' | 'port' | 'token' | 'origins'>,
): ChosenServer {
  const own = `http://${toHostName(host)}:${port}`;
  if (url === undefined) return { url: own, token };
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new ServerFailure(`--url: "${url}" is no address`, { code: 'invalid_url', remedy: 'One looks like http://127.0.0.1:8000.' });
  }
  const isOwn = new URL(url).origin === new URL(own).origin;
  return { url, token: isOwn || origins.token.kind === 'environment' ? token : undefined };
}

/** A server that listens everywhere is reached on this machine. */
function toHostName(host: string): string {
  if (!isLoopback(host) && (host === '0.0.0.0' || host === '::')) return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
