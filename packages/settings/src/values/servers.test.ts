import { describe, expect, test } from 'vitest';
import { resolveSettings } from '../resolve-settings.ts';
import { describeSettings } from '../describe-settings.ts';
import { parseServerKeys, parseServers } from './servers.ts';

const surroundings = { platform: 'linux', home: '/home/ada', folder: '/srv', environment: {} } as const;

describe('parseServers', () => {
  test.each([
    ['http://gpu-1:8000/v1', { 'gpu-1:8000': 'http://gpu-1:8000/v1' }],
    ['gpu=http://gpu-1:8000/v1/', { gpu: 'http://gpu-1:8000/v1' }],
    ['127.0.0.1:8080', { '127.0.0.1:8080': 'http://127.0.0.1:8080' }],
    [
      'studio=localhost:1234, https://llm.example.com/openai/v1',
      { studio: 'http://localhost:1234', 'llm.example.com': 'https://llm.example.com/openai/v1' },
    ],
    ['[fd00::1]:8000', { '[fd00::1]:8000': 'http://[fd00::1]:8000' }],
  ])('%s', (text, value) => {
    expect(parseServers(text)).toEqual({ ok: true, value });
  });

  test.each([
    '',
    ',',
    'GPU=http://a',
    'ollama=http://a',
    'ftp://a',
    'http://user:pass@a',
    'http://a/?key=1',
    'a=http://x,a=http://y',
    'http://',
    'x y',
  ])('refuses "%s"', (text) => {
    expect(parseServers(text)).toMatchObject({ ok: false });
  });
});

describe('server keys', () => {
  test('belong to a server by name, and may hold an equals sign', () => {
    expect(parseServerKeys('gpu=sk-abc=,127.0.0.1:8080=x')).toEqual({ ok: true, value: { gpu: 'sk-abc=', '127.0.0.1:8080': 'x' } });
  });

  test('a wrong one is refused without being repeated', () => {
    const result = resolveSettings({ surroundings: { ...surroundings, environment: { PILOTLIGHT_SERVER_KEYS: 'sk-very-secret' } } });
    expect(result).toMatchObject({ ok: false, problems: [expect.stringMatching(/PILOTLIGHT_SERVER_KEYS/)] });
    expect(JSON.stringify(result)).not.toContain('sk-very-secret');
  });

  test('one for a server that is not named is a problem that names the server and not the key', () => {
    const environment = { PILOTLIGHT_SERVERS: 'gpu=http://a:8000', PILOTLIGHT_SERVER_KEYS: 'gpo=sk-very-secret' };
    const result = resolveSettings({ surroundings: { ...surroundings, environment } });
    expect(result).toMatchObject({ ok: false, problems: [expect.stringMatching(/no server is called "gpo".*gpu/)] });
    expect(JSON.stringify(result)).not.toContain('sk-very-secret');
  });

  test('are masked wherever settings are shown; servers are shown by name and address', () => {
    const file = { path: 'pilotlight.yaml', text: 'servers: [gpu=http://a:8000/v1, "b:1"]\nserver_keys: gpu=sk-very-secret\n' };
    const result = resolveSettings({ surroundings, file });
    if (!result.ok) throw new Error(result.problems.join());
    const shown = describeSettings(result.settings);
    expect(shown).toContainEqual(
      expect.objectContaining({ variable: 'PILOTLIGHT_SERVERS', value: 'gpu=http://a:8000/v1, b:1=http://b:1' }),
    );
    expect(shown).toContainEqual(expect.objectContaining({ variable: 'PILOTLIGHT_SERVER_KEYS', value: 'set, not shown' }));
    expect(JSON.stringify(shown)).not.toContain('sk-very-secret');
  });
});
