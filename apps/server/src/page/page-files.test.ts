import { createTemporaryFolder } from '@pilotlight/test-kit';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { startTestServer } from '../testing/start-test-server.ts';
import { cacheControlOf, chooseRepresentation, findPageFile, toPageFiles } from './page-files.ts';

const FILES = toPageFiles('/dist', [
  'index.html',
  'assets/main-Ab12_x-9.js',
  'assets/main-Ab12_x-9.js.br',
  'assets/main-Ab12_x-9.js.gz',
  'favicon.svg',
  'secret.key',
]);

describe('the files of the page', () => {
  it('are found at their own address, the page itself at / and at conversations', () => {
    expect(findPageFile(FILES, '/')?.path).toBe('/dist/index.html');
    expect(findPageFile(FILES, '/c/0192f3a4')?.path).toBe('/dist/index.html');
    expect(findPageFile(FILES, '/assets/main-Ab12_x-9.js')?.contentType).toBe('text/javascript; charset=utf-8');
  });

  it.each([
    '/c/',
    '/c/a/b',
    '/c/..',
    '/secret.key',
    '/assets/',
    '/assets/main-Ab12_x-9.js.br',
    '/assets/../index.html',
    '/%69ndex.html',
    '/INDEX.HTML',
    '/models',
  ])('are not found at %s', (path) => {
    expect(findPageFile(FILES, path)).toBeUndefined();
  });

  it('are sent in the smallest form that the client reads', () => {
    const script = findPageFile(FILES, '/assets/main-Ab12_x-9.js')!;
    expect(chooseRepresentation(script, 'gzip, deflate, br').encoding).toBe('br');
    expect(chooseRepresentation(script, 'gzip, br;q=0').encoding).toBe('gzip');
    expect(chooseRepresentation(script, 'identity').encoding).toBeUndefined();
    expect(chooseRepresentation(script, undefined).path).toBe('/dist/assets/main-Ab12_x-9.js');
  });

  it('are kept for ever only if their name says what is in them', () => {
    expect(cacheControlOf(findPageFile(FILES, '/assets/main-Ab12_x-9.js')!)).toContain('immutable');
    expect(cacheControlOf(findPageFile(FILES, '/')!)).toBe('no-cache');
    expect(cacheControlOf(findPageFile(FILES, '/favicon.svg')!)).toBe('no-cache');
  });
});

describe('over a socket', () => {
  it('the page is served without a token, with its policy, compressed and revalidated', async () => {
    await using folder = await createTemporaryFolder();
    await mkdir(join(folder.path, 'assets'));
    await writeFile(join(folder.path, 'index.html'), '<!doctype html><title>Pilotlight</title>');
    await writeFile(join(folder.path, 'assets', 'main-Ab12_x-9.js'), 'plain');
    await writeFile(join(folder.path, 'assets', 'main-Ab12_x-9.js.gz'), Buffer.from('H4sIAAAAAAAAAyvISczMAwC1hq2dBQAAAA==', 'base64'));
    await using server = await startTestServer({ pageFolder: folder.path, token: 'a-token-of-more-than-16-characters' });
    const page = await fetch(`${server.url}/c/some-conversation`);
    expect([page.status, page.headers.get('content-type'), page.headers.get('cache-control')]).toEqual([
      200,
      'text/html; charset=utf-8',
      'no-cache',
    ]);
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(await page.text()).toContain('<title>Pilotlight</title>');
    const again = await fetch(`${server.url}/`, { headers: { 'if-none-match': page.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
    const script = await fetch(`${server.url}/assets/main-Ab12_x-9.js`, { headers: { 'accept-encoding': 'gzip' } });
    expect([script.headers.get('content-encoding'), script.headers.get('vary')]).toEqual(['gzip', 'accept-encoding']);
    expect((await fetch(`${server.url}/`, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(`${server.url}/`, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${server.url}/api/models`)).status).toBe(401);
  });

  it('a person at an address where nothing is gets the page with that status, a program a problem document', async () => {
    await using folder = await createTemporaryFolder();
    await writeFile(join(folder.path, 'index.html'), '<!doctype html><title>Pilotlight</title>');
    await using server = await startTestServer({ pageFolder: folder.path });
    const posted = await fetch(`${server.url}/`, { method: 'POST' });
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    const asBrowser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };
    const page = await fetch(`${server.url}/nope`, asBrowser);
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
    expect(await page.text()).toContain('<title>Pilotlight</title>');
    for (const answer of [
      await fetch(`${server.url}/nope`),
      await fetch(`${server.url}/api/nope`, asBrowser),
      await fetch(`${server.url}/nope`, { method: 'POST', ...asBrowser }),
    ])
      expect([answer.status, answer.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
  });

  it('a person at an address that asks for a token gets the page, which asks for it', async () => {
    await using folder = await createTemporaryFolder();
    await writeFile(join(folder.path, 'index.html'), '<!doctype html><title>Pilotlight</title>');
    await using server = await startTestServer({ pageFolder: folder.path, token: 'a-token-of-more-than-16-characters' });
    const page = await fetch(`${server.url}/nope`, { headers: { accept: 'text/html' } });
    expect([page.status, await page.text()]).toEqual([401, expect.stringContaining('<title>')]);
  });
});
