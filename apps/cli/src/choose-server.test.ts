import { resolveSettings } from '@pilotlight/settings';
import type { Settings } from '@pilotlight/settings';
import { describe, expect, it } from 'vitest';

import { chooseServer } from './choose-server.ts';

const TOKEN = 'a-token-of-more-than-16-characters';

function settingsOf({ environment = {}, dotenv = '' }: { environment?: Record<string, string>; dotenv?: string }): Settings {
  const result = resolveSettings({
    surroundings: { platform: 'linux', home: '/home/ada', folder: '/srv', environment },
    dotenv: { path: '.env', text: dotenv },
  });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.settings;
}

describe('the server that a command talks to', () => {
  it('is the one of the settings, with their token', () => {
    const settings = settingsOf({ dotenv: `PILOTLIGHT_TOKEN=${TOKEN}\nPILOTLIGHT_HOST=0.0.0.0\nPILOTLIGHT_PORT=8100\n` });
    expect(chooseServer(undefined, settings)).toEqual({ url: 'http://127.0.0.1:8100', token: TOKEN });
    expect(chooseServer('http://127.0.0.1:8100/', settings).token).toBe(TOKEN);
  });

  it.each(['http://elsewhere.example:8000', 'https://127.0.0.1:8000', 'http://127.0.0.1:8001', 'http://127.0.0.1:8000@elsewhere.example'])(
    'gets no token out of a file at another address: %s got it',
    (url) => {
      expect(chooseServer(url, settingsOf({ dotenv: `PILOTLIGHT_TOKEN=${TOKEN}\n` }))).toEqual({ url, token: undefined });
    },
  );

  it('gets the token of the environment anywhere: it was put there for this command', () => {
    const url = 'https://chat.example.com';
    expect(chooseServer(url, settingsOf({ environment: { PILOTLIGHT_TOKEN: TOKEN } }))).toEqual({ url, token: TOKEN });
  });

  it('must have an address', () => {
    expect(() => chooseServer('ftp://127.0.0.1', settingsOf({}))).toThrow('is no address');
    expect(() => chooseServer('127.0.0.1:8000', settingsOf({}))).toThrow('is no address');
  });
});
