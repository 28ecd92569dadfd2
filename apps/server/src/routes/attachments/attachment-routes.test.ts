import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makePdf, textOf } from '../../pdf/testing/make-pdf.ts';
import { rawRequest } from '../../testing/raw-request.ts';
import { createScriptedGateway, toModelView } from '../../testing/scripted-gateway.ts';
import { startTestServer } from '../../testing/start-test-server.ts';
import type { TestServer } from '../../testing/start-test-server.ts';

const PNG = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x40\0\0\0\xf0\x08\x02', 'latin1');

let server: TestServer;
beforeAll(async () => {
  const models = [toModelView(), toModelView({ name: 'llava:7b', default: false, capabilities: ['completion', 'vision'] })];
  server = await startTestServer({ gateway: createScriptedGateway(models) });
});
afterAll(() => server[Symbol.asyncDispose]());

function upload(name: string, body: string | Buffer | Uint8Array, type = 'application/octet-stream'): Promise<Response> {
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body);
  return fetch(`${server.url}/api/attachments?name=${encodeURIComponent(name)}`, {
    method: 'POST',
    headers: { 'Content-Type': type },
    body: bytes,
  });
}

async function keep(name: string, body: string | Buffer | Uint8Array): Promise<Record<string, unknown> & { id: string }> {
  const answer = await upload(name, body);
  expect(answer.status).toBe(201);
  return (await answer.json()) as Record<string, unknown> & { id: string };
}

async function problemOf(answer: Response): Promise<Record<string, unknown>> {
  return (await answer.json()) as Record<string, unknown>;
}

function post(path: string, body: unknown): Promise<Response> {
  return fetch(`${server.url}${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

describe('an upload', () => {
  it('is kept as what it is, whatever it is called', async () => {
    expect(await keep('script.png', 'print("ü")\n')).toMatchObject({
      name: 'script.png',
      kind: 'text',
      media_type: 'text/plain',
      bytes: 12,
      characters: 11,
    });
    expect(await keep('photo.txt', PNG)).toMatchObject({ kind: 'image', media_type: 'image/png', width: 320, height: 240 });
    const pdf = makePdf({ pages: [textOf('Hello'), textOf('there')] });
    expect(await keep('a', pdf)).toMatchObject({ kind: 'pdf', media_type: 'application/pdf', pages: 2, characters: 12 });
  });

  it('of the same file under the same name is the same attachment', async () => {
    const { id } = await keep('same.txt', 'same');
    expect((await keep('same.txt', 'same')).id).toBe(id);
    expect((await keep('other.txt', 'same')).id).not.toBe(id);
    expect((await keep('same.txt', 'other')).id).not.toBe(id);
  });

  it('keeps no path, no control and no direction of writing of a hostile name', async () => {
    expect(await keep('../../../etc/\u202Epasswd\n\0', 'x')).toMatchObject({ name: 'passwd' });
    expect((await upload('x'.repeat(1001), 'x')).status).toBe(400);
    expect((await fetch(`${server.url}/api/attachments`, { method: 'POST', body: 'x' })).status).toBe(415);
  });

  it('is refused with the reason if it is nothing that can be read', async () => {
    expect(await problemOf(await upload('a.zip', 'PK\x03\x04\0\0'))).toMatchObject({ status: 415, code: 'attachment_refused' });
    expect(await problemOf(await upload('a.pdf', '%PDF-1.7\nbroken'))).toMatchObject({ code: 'attachment_refused', detail: /damaged/ });
    expect(await problemOf(await upload('a.pdf', makePdf({ pages: ['0 0 m'] })))).toMatchObject({ detail: /no text in it/ });
    expect(await problemOf(await upload('a.txt', ''))).toMatchObject({ status: 400, code: 'invalid_request' });
    expect(await problemOf(await upload('a.txt', '{}', 'application/json'))).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  it('is refused while it comes, once it is larger than its kind may be', async () => {
    const head = `POST /api/attachments?name=a.txt HTTP/1.1\r\nHost: ${server.host}\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(40);
    const answer = await rawRequest(server.port, head + chunk);
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.body)).toMatchObject({ code: 'attachment_too_large', detail: 'Text may have 2 MiB.' });
  });

  it('is no way to send something else to the other routes', async () => {
    const answer = await fetch(`${server.url}/api/chat/message`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/octet-stream' },
      body: '{"message":"x"}',
    });
    expect(answer.status).toBe(415);
  });
});

describe('an attachment', () => {
  it('can be read as it came, in a form that nothing can run in', async () => {
    const html = await keep('a "b".html', '<script>alert(1)</script>');
    const answer = await fetch(`${server.url}/api/attachments/${html.id}/content`);
    expect(await answer.text()).toBe('<script>alert(1)</script>');
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''a%20_b_.html");
    expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const image = await keep('a.png', PNG);
    const picture = await fetch(`${server.url}/api/attachments/${image.id}/content`);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await picture.arrayBuffer())).toEqual(PNG);
    expect(await (await fetch(`${server.url}/api/attachments/${image.id}`)).json()).toEqual(image);
    expect((await fetch(`${server.url}/api/attachments/none`)).status).toBe(404);
  });

  it('goes with its message, is shown there, and cannot be removed then', async () => {
    const file = await keep('notes.md', '# Notes');
    const spare = await keep('spare.md', '# Spare');
    const asked = await post('/api/conversations/c-files/messages', { message_id: 'm-files', text: 'What is it?', attachments: [file.id] });
    expect(asked.status).toBe(202);
    const view = (await (await fetch(`${server.url}/api/conversations/c-files`)).json()) as { messages: Record<string, unknown>[] };
    expect(view.messages[0]).toMatchObject({ content: 'What is it?', attachments: [file] });
    const remove = (id: string) => fetch(`${server.url}/api/attachments/${id}`, { method: 'DELETE' });
    expect(await problemOf(await remove(file.id))).toMatchObject({ status: 409, code: 'attachment_in_use' });
    expect((await remove(spare.id)).status).toBe(204);
    expect((await remove(spare.id)).status).toBe(404);
  });

  it('that is not there lets no message be stored', async () => {
    const answer = await post('/api/conversations/c-none/messages', { message_id: 'm-none', text: 'x', attachments: ['none'] });
    expect(await problemOf(answer)).toMatchObject({ status: 404, code: 'attachment_not_found', field: 'attachments' });
    expect((await fetch(`${server.url}/api/conversations/c-none`)).status).toBe(404);
  });

  it('that is an image is refused for a model that cannot see, with those that can', async () => {
    const { id } = await keep('a.png', PNG);
    const ask = (model: string, name: string) =>
      post('/api/conversations/c-image/messages', { message_id: name, text: 'x', attachments: [id], model });
    expect(await problemOf(await ask('pilot', 'm-blind'))).toMatchObject({
      status: 422,
      code: 'not_supported',
      detail: 'pilot:latest cannot see images. llava:7b can.',
      models: ['llava:7b'],
    });
    expect((await ask('llava:7b', 'm-seeing')).status).toBe(202);
  });

  it('makes another message of one with the same id', async () => {
    const { id } = await keep('once.txt', 'once');
    const body = { message_id: 'm-once', text: 'x' };
    expect((await post('/api/conversations/c-once/messages', { ...body, attachments: [id] })).status).toBe(202);
    expect((await post('/api/conversations/c-once/messages', { ...body, attachments: [id] })).status).toBe(202);
    expect((await post('/api/conversations/c-once/messages', body)).status).toBe(409);
  });
});
