import { createManualClock } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { rawRequest } from '../testing/raw-request.ts';
import { startTestServer } from '../testing/start-test-server.ts';
import type { TestServer } from '../testing/start-test-server.ts';

function get(server: TestServer, head: string, target = '/api/models'): ReturnType<typeof rawRequest> {
  return rawRequest(server.port, `GET ${target} HTTP/1.1\r\n${head}Connection: close\r\n\r\n`);
}

function post(server: TestServer, headers: string, body = '{"message":"hi"}'): ReturnType<typeof rawRequest> {
  return rawRequest(
    server.port,
    `POST /api/chat/message HTTP/1.1\r\nHost: ${server.host}\r\nContent-Length: ${body.length}\r\n${headers}Connection: close\r\n\r\n${body}`,
  );
}

describe('the Host header', () => {
  it('is taken in each of the spellings that lead to this machine, with the port', async () => {
    await using server = await startTestServer({ allowedHosts: ['pilot.home', 'chat.example.com:8443'] });
    for (const host of [
      `127.0.0.1:${server.port}`,
      `localhost:${server.port}`,
      `[::1]:${server.port}`,
      `pilot.home:${server.port}`,
      'pilot.home',
      'chat.example.com:8443',
    ]) {
      expect([host, (await get(server, `Host: ${host}\r\n`)).status]).toEqual([host, 200]);
    }
  });

  it('is refused in any other, and no route is run', async () => {
    await using server = await startTestServer({ allowedHosts: ['chat.example.com:8443'] });
    const wrong = [
      `evil.example:${server.port}`,
      '127.0.0.1',
      `127.0.0.1:${server.port + 1}`,
      `LOCALHOST:${server.port}`,
      `localhost.:${server.port}`,
      `user@localhost:${server.port}`,
      `127.0.0.1:${server.port}@evil.example`,
      `127.1:${server.port}`,
      `0x7f.1:${server.port}`,
      `2130706433:${server.port}`,
      `[::ffff:127.0.0.1]:${server.port}`,
      `localhost.evil.io:${server.port}`,
      `127.0.0.1.nip.io:${server.port}`,
      `localhost:0${server.port}`,
      'chat.example.com',
      ' ',
      'a,b',
    ];
    for (const host of wrong) {
      const answer = await rawRequest(server.port, `POST /api/models/pilot/load HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect([host, [400, 403].includes(answer.status)]).toEqual([host, true]);
      expect(answer.body).not.toContain('evil');
    }
    expect(server.gateway.loads).toEqual([]);
  });

  it('must be there exactly once, and the target must be a path', async () => {
    await using server = await startTestServer();
    expect((await get(server, '')).status).toBe(400);
    expect((await get(server, 'Host:\r\n')).status).toBe(403);
    expect((await get(server, `Host: ${server.host}\r\nHost: ${server.host}\r\n`)).status).toBe(400);
    expect((await get(server, `Host: ${server.host}\r\n`, `http://${server.host}/api/models`)).status).toBe(400);
    expect((await get(server, `Host: ${server.host}\r\n`, 'http://evil.example/api/models')).status).toBe(400);
    expect((await get(server, `Host: ${server.host}\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-For: 1.2.3.4\r\n`)).status).toBe(200);
  });
});

describe('requests of other pages', () => {
  it('are refused by Origin', async () => {
    await using server = await startTestServer();
    const foreign = [
      'null',
      'http://evil.example',
      `http://localhost:${server.port}`,
      `http://127.0.0.1:${server.port + 1}`,
      `http://127.0.0.1.nip.io:${server.port}`,
      'http://127.0.0.1',
    ];
    for (const origin of foreign) {
      const answer = await post(server, `Content-Type: application/json\r\nOrigin: ${origin}\r\n`);
      expect([origin, answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([origin, 403, undefined]);
    }
    expect(
      (await post(server, `Content-Type: application/json\r\nOrigin: http://${server.host}\r\nSec-Fetch-Site: same-origin\r\n`)).status,
    ).toBe(200);
    expect((await post(server, 'Content-Type: application/json\r\n')).status).toBe(200);
  });

  it('are refused by Sec-Fetch-Site, also where they only read', async () => {
    await using server = await startTestServer();
    for (const site of ['cross-site', 'same-site', 'whatever']) {
      for (const target of ['/api/models', '/api/events', '/openapi.json', '/livez']) {
        expect([target, (await get(server, `Host: ${server.host}\r\nSec-Fetch-Site: ${site}\r\n`, target)).status]).toEqual([target, 403]);
      }
    }
    expect((await get(server, `Host: ${server.host}\r\nSec-Fetch-Site: none\r\n`)).status).toBe(200);
    const link = 'Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n';
    expect((await get(server, `Host: ${server.host}\r\n${link}`, '/docs')).status).toBe(200);
    expect((await get(server, `Host: ${server.host}\r\n${link}`, '/api/models')).status).toBe(403);
  });

  it('cannot send JSON under a type that needs no preflight', async () => {
    await using server = await startTestServer();
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/json; charset=utf-16',
      'application/jsonp',
    ]) {
      expect([type, (await post(server, `Content-Type: ${type}\r\n`)).status]).toEqual([type, 415]);
    }
    expect((await post(server, '')).status).toBe(415);
  });
});

describe('methods', () => {
  it('that change something are not GET or HEAD', async () => {
    await using server = await startTestServer();
    for (const path of ['/api/models/pilot/load', '/api/models/pilot/unload', '/api/generations/x/stop', '/api/chat/message']) {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT']) {
        const answer = await fetch(`${server.url}${path}`, { method });
        expect([method, path, answer.status, answer.headers.get('allow')]).toEqual([method, path, 405, 'POST']);
      }
    }
    expect(server.gateway.loads).toEqual([]);
    expect((await fetch(`${server.url}/livez`, { method: 'HEAD' })).status).toBe(200);
  });
});

describe('every answer', () => {
  it('carries the policy, whatever it is', async () => {
    await using server = await startTestServer();
    for (const path of ['/livez', '/api/models', '/nothing', '/%zz', '/docs', '/api/models/none']) {
      const answer = await fetch(`${server.url}${path}`);
      expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
      expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    }
    const broken = await rawRequest(server.port, 'NOT HTTP AT ALL\r\n\r\n');
    expect(broken.status).toBe(400);
    expect(broken.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(JSON.parse(broken.body)).toMatchObject({ code: 'invalid_request', status: 400 });
  });
});

describe('with a token', () => {
  const token = 'a-token-of-more-than-16-characters';

  it('nothing but liveness, the start and the page is answered without it', async () => {
    await using server = await startTestServer({ token });
    for (const [path, status] of [
      ['/livez', 200],
      ['/startupz', 200],
      ['/docs/style.css', 200],
      ['/api/models', 401],
      ['/readyz', 401],
      ['/health', 401],
      ['/docs', 401],
      ['/openapi.json', 401],
      ['/nothing', 401],
    ] as const) {
      expect([path, (await fetch(`${server.url}${path}`)).status]).toEqual([path, status]);
    }
    const right = await fetch(`${server.url}/api/models`, { headers: { authorization: `Bearer ${token}` } });
    expect(right.status).toBe(200);
  });

  it('everything that is not it is refused, and never an error of ours', async () => {
    await using server = await startTestServer({ token });
    const wrong = ["' OR 1=1--", `${token}x`, token.slice(0, -1), 'x'.repeat(7_000), 'Bearer', '\u00e9', `${token} ${token}`];
    for (const value of wrong) {
      const answer = await fetch(`${server.url}/api/models`, {
        headers: { authorization: `Bearer ${value}`, 'x-api-key': token, cookie: `pilotlight_session=${encodeURIComponent(value)}` },
      });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    }
    expect((await fetch(`${server.url}/api/models?token=${token}`)).status).toBe(401);
  });

  it('a browser signs in, works with its cookie, and signs out', async () => {
    await using server = await startTestServer({ token });
    const signIn = (value: string): Promise<Response> =>
      fetch(`${server.url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: value }),
      });
    expect((await signIn('wrong')).status).toBe(401);
    const signedIn = await signIn(token);
    expect(signedIn.status).toBe(204);
    const cookie = signedIn.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^pilotlight_session=[a-z0-9-]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
    expect(cookie).not.toContain(token);
    const session = cookie.split(';')[0] ?? '';
    const models = (): Promise<Response> => fetch(`${server.url}/api/models`, { headers: { cookie: `other=1; ${session}` } });
    expect((await models()).status).toBe(200);
    await fetch(`${server.url}/api/session`, { method: 'DELETE', headers: { cookie: session } });
    expect((await models()).status).toBe(401);
  });

  it('guessing is slowed down for one address', async () => {
    await using server = await startTestServer({ token });
    const statuses: number[] = [];
    for (let index = 0; index < 12; index += 1) {
      const answer = await fetch(`${server.url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"token":"wrong"}',
      });
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
  });

  it('guessing is slowed down for one address in every request, not only where browsers sign in', async () => {
    const clock = createManualClock();
    await using server = await startTestServer({ token, clock });
    const ask = async (headers: Record<string, string>): Promise<number> => (await fetch(`${server.url}/api/models`, { headers })).status;
    const guess = (value: string): Promise<number> => ask({ authorization: `Bearer ${value}` });
    const signIn = (value: string): Promise<Response> =>
      fetch(`${server.url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: value }),
      });
    const session = ((await signIn(token)).headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const statuses: number[] = [];
    for (let index = 0; index < 12; index += 1) statuses.push(await guess(`guess-${index}`));
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    // The right one is no way to learn that it is right, and another door is none past this one. Who is in stays in, and no token is no guess.
    expect(await guess(token)).toBe(429);
    expect((await signIn(token)).status).toBe(429);
    expect(await ask({ cookie: session })).toBe(200);
    expect(await ask({})).toBe(401);
    await clock.advance(60_000);
    expect(await guess(token)).toBe(200);
  });
});
