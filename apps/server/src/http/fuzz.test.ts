import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { toOpenApiDocument } from '../openapi/openapi-document.ts';
import { referenceRoutes } from '../routes/reference/reference-routes.ts';
import { ROUTES } from '../routes/route-table.ts';
import { rawRequest } from '../testing/raw-request.ts';
import type { RawAnswer } from '../testing/raw-request.ts';
import { startTestServer } from '../testing/start-test-server.ts';
import type { TestServer } from '../testing/start-test-server.ts';

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly hasBody: boolean;
  readonly query: readonly string[];
}

/** The operations as a client finds them: in the document, not in our table. */
function operations(): Operation[] {
  const document = toOpenApiDocument([...ROUTES, ...referenceRoutes(ROUTES, '0')], '0') as {
    paths: Record<string, Record<string, { requestBody?: unknown; parameters: { name: string; in: string }[] }>>;
  };
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { requestBody, parameters }]) => ({
      method: method.toUpperCase(),
      path,
      hasBody: requestBody !== undefined,
      query: parameters.filter((parameter) => parameter.in === 'query').map((parameter) => parameter.name),
    })),
  );
}

const DEEP = '['.repeat(100_000);
const BODIES: readonly (readonly [name: string, bytes: string | Uint8Array])[] = [
  ['null', 'null'],
  ['an array', '[]'],
  ['a number', '1'],
  ['a string', '"x"'],
  ['an unknown field', '{"surprise":1}'],
  ['no JSON', '{"message":'],
  ['depth 10^5', DEEP],
  ['depth 10^5 in a field', `{"message":${DEEP}`],
  ['invalid UTF-8', Uint8Array.from([0x22, 0xc3, 0x28, 0xff, 0x22])],
  ['a prototype', '{"__proto__":{"x":1}}'],
  ['a constructor', '{"options":{"constructor":{"prototype":{}}}}'],
  ['wrong types', '{"message":{},"message_id":[],"text":1,"title":null,"models":"x","token":7,"options":"x","parent_id":{}}'],
  [
    'hostile values',
    '{"message":"x","text":"x","message_id":"../../x","model":"../../etc/passwd","options":{"temperature":-1e999,"seed":-1}}',
  ],
  ['blanks', '   '],
  ['NUL', '\u0000'],
];
const SEGMENTS = [
  '%00',
  '..',
  '%2e%2e',
  '%2F',
  '.',
  'x'.repeat(3_000),
  '%F0%9F%98%80',
  '%E2%80%AE',
  "'%20OR%201=1--",
  '%zz',
  '%',
  '__proto__',
  'constructor',
  '$%7Bx%7D',
  '9'.repeat(400),
];
const QUERIES = [
  '?from=-1',
  '?from=99999999999999999999',
  '?before=%00',
  '?limit=NaN',
  '?model=../x',
  '?x=1',
  '?__proto__=1',
  '?a[b]=c',
  `?q=${'x'.repeat(7_000)}`,
  '?limit=1&limit=1',
  '?%zz',
];

function send(
  server: TestServer,
  { method, target, body }: { method: string; target: string; body?: string | Uint8Array },
): Promise<RawAnswer> {
  const bytes = Buffer.from(body ?? '');
  const type = body === undefined ? '' : `Content-Type: application/json\r\nContent-Length: ${bytes.length}\r\n`;
  const head = `${method} ${target} HTTP/1.1\r\nHost: ${server.host}\r\n${type}Connection: close\r\n\r\n`;
  return rawRequest(server.port, Buffer.concat([Buffer.from(head, 'latin1'), bytes]));
}

function fill(path: string, segment: string): string {
  return path.replaceAll(/\{[a-z_]+\}/g, segment);
}

/** A refusal as it must be: a 4xx problem with code and remedy. */
function expectRefusal(answer: RawAnswer, what: string): void {
  expect([what, answer.status >= 400 && answer.status < 500]).toEqual([what, true]);
  const problem = JSON.parse(answer.body) as Record<string, unknown>;
  expect(problem).toMatchObject({
    status: answer.status,
    code: expect.stringMatching(/^[a-z_]+$/),
    remedy: expect.stringMatching(/\.$/),
    field: expect.stringMatching(/./),
  });
  expect(JSON.stringify(problem)).not.toMatch(/node_modules|\.ts:|at Object|\/work\//);
}

const isStream = (path: string): boolean => path.endsWith('/events');

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(async () => {
  expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  expect(server.lines.filter((line) => line.name === 'request_broke' || line.name === 'stream_broke')).toEqual([]);
  await server[Symbol.asyncDispose]();
});

describe('every operation of the document', () => {
  const all = operations();

  it('is there', () => {
    expect(all.length).toBeGreaterThan(25);
  });

  it.each(all.filter((operation) => operation.hasBody))('$method $path refuses every bad body', async ({ method, path }) => {
    for (const [name, body] of BODIES) {
      const answer = await send(server, { method, target: fill(path, 'x1'), body });
      expectRefusal(answer, `${method} ${path} with ${name}`);
    }
    const optional = path.endsWith('/warmup') || path.endsWith('/regenerate') || path.endsWith('/continue');
    if (!optional) expectRefusal(await send(server, { method, target: fill(path, 'x1') }), `${method} ${path} without a body`);
  });

  it.each(all.filter((operation) => !operation.hasBody && operation.method !== 'GET'))(
    '$method $path refuses a body',
    async ({ method, path }) => {
      for (const [name, body] of BODIES.filter(([name]) => name !== 'blanks')) {
        expectRefusal(await send(server, { method, target: fill(path, 'x1'), body }), `${method} ${path} with ${name}`);
      }
    },
  );

  it.each(all.filter((operation) => operation.path.includes('{')))(
    '$method $path refuses every bad segment',
    async ({ method, path, hasBody }) => {
      for (const segment of SEGMENTS) {
        const answer = await send(server, { method, target: fill(path, segment), ...(hasBody ? { body: '{}' } : {}) });
        // Any word in lower case may be a task: this one has no route, and nothing of a prototype.
        if (path.endsWith('/tasks/{task}') && segment === 'constructor') {
          expect(JSON.parse(answer.body)).toMatchObject({ task: 'constructor', from: 'none' });
          continue;
        }
        expectRefusal(answer, `${method} ${fill(path, segment).slice(0, 80)}`);
      }
    },
  );

  it.each(all.filter((operation) => operation.method === 'GET' && !isStream(operation.path)))(
    '$method $path is never at a loss over a query',
    async ({ path, method }) => {
      for (const query of QUERIES) {
        const answer = await send(server, { method, target: `${fill(path, 'x1')}${query}` });
        expect([query, answer.status === 200 || (answer.status >= 400 && answer.status < 500)]).toEqual([query, true]);
      }
    },
  );

  it.each(all.filter((operation) => isStream(operation.path)))(
    '$method $path refuses a bad query before it streams',
    async ({ path, method }) => {
      expectRefusal(await send(server, { method, target: `${fill(path, 'x1')}?x=1` }), path);
    },
  );
});

describe('whatever is sent', () => {
  it('a body of 100 MB is refused by its announcement', async () => {
    const head = `POST /api/chat/message HTTP/1.1\r\nHost: ${server.host}\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\n\r\n{`;
    const answer = await rawRequest(server.port, head);
    expect(answer.status).toBe(413);
    expect(answer.headers.get('connection')).toBe('close');
  });

  it('a body that is longer than 2 MB is refused while it comes', async () => {
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(40);
    const head = `POST /api/chat/message HTTP/1.1\r\nHost: ${server.host}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    expect((await rawRequest(server.port, head + chunk)).status).toBe(413);
  });

  it.each([
    ['two lengths', 'Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    ['length and chunks', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a negative length', 'Content-Length: -1\r\n\r\n'],
    ['a header with a line break', 'X-Bad: a\rb\r\n\r\n'],
    ['20 kB of header', `X-Long: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['an expectation', 'Expect: magic\r\nContent-Length: 0\r\n\r\n'],
  ])('%s is refused', async (_name, rest) => {
    const answer = await rawRequest(
      server.port,
      `POST /api/chat/message HTTP/1.1\r\nHost: ${server.host}\r\nContent-Type: application/json\r\n${rest}`,
    );
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(JSON.parse(answer.body)).toMatchObject({ status: answer.status });
  });

  it.each([
    '/.',
    '/..',
    '//',
    '/%00',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/assets/../../package.json',
    '/assets/%2e%2e/index.html',
    '//evil.example/',
    `/${'x'.repeat(8_500)}`,
    '/c/../x',
    '/index.html%00',
  ])('%s is nothing', async (target) => {
    expectRefusal(await send(server, { method: 'GET', target }), target);
  });

  it('random JSON gets a refusal or an answer, never an error of ours', async () => {
    const posts = operations().filter((operation) => operation.hasBody && !operation.path.includes('/chat/'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...posts), fc.jsonValue({ maxDepth: 4 }), async ({ method, path }, value) => {
        const answer = await send(server, { method, target: fill(path, 'x1'), body: JSON.stringify(value) });
        return answer.status >= 200 && answer.status < 500;
      }),
      { numRuns: 150 },
    );
  });

  it('random paths too', async () => {
    const segment = fc
      .string({ unit: 'binary-ascii', maxLength: 20 })
      .map((text) => encodeURIComponent(text.replaceAll(/[\uD800-\uDFFF]/g, '')));
    const raw = fc.array(fc.oneof(segment, fc.constantFrom('api', 'models', 'chat', 'conversations', '..', '.', '%2e', '')), {
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('GET', 'POST', 'DELETE', 'PATCH', 'PUT', 'HEAD', 'OPTIONS'), raw, async (method, segments) => {
        const target = `/${segments.join('/')}`;
        if (isStream(target)) return true;
        const answer = await send(server, { method, target });
        return answer.status >= 200 && answer.status < 500;
      }),
      { numRuns: 200 },
    );
  });
});
