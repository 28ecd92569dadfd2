import { describe, expect, test } from 'vitest';

import { describeSettings } from '../describe-settings.ts';
import { resolveSettings } from '../resolve-settings.ts';

const surroundings = { platform: 'linux', home: '/home/me', folder: '/home/me', environment: {} } as const;

function resolve(url: string) {
  return resolveSettings({ surroundings: { ...surroundings, environment: { DATABASE_URL: url } } });
}

describe('the address of the database', () => {
  test.each(['postgres://me:sesame@db:5433/chats?sslmode=require', 'postgresql://db/chats', 'postgres:///chats?host=/var/run/postgresql'])(
    'is taken as it is: %s',
    (url) => {
      const result = resolve(url);
      expect(result.ok && result.settings.databaseUrl).toBe(url);
    },
  );

  test.each(['mysql://me:sesame@db/chats', 'db:5432/sesame', 'sesame', 'postgres://me:se/sa#me@db:x/chats', 'file:///sesame.db'])(
    'is refused in words that do not repeat it: %s',
    (url) => {
      const result = resolve(url);
      expect(result.ok).toBe(false);
      const words = JSON.stringify(result);
      expect(words).toMatch(/DATABASE_URL/);
      expect(words).toMatch(/postgres:\/\/USER:PASSWORD@HOST:5432\/DATABASE/);
      expect(words).not.toMatch(/sesame/);
    },
  );

  test('is never shown', () => {
    const result = resolve('postgres://me:sesame@db/chats');
    const shown = result.ok ? describeSettings(result.settings) : [];
    expect(shown.find(({ variable }) => variable === 'DATABASE_URL')?.value).toBe('set, not shown');
    expect(JSON.stringify(shown)).not.toMatch(/sesame/);
  });
});
