import {
  acceptedSchema,
  attachmentSchema,
  conversationExportSchema,
  conversationListSchema,
  conversationViewSchema,
  importResultSchema,
  Problem,
} from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { allEvents } from '../../testing/read-events.ts';
import { startTestServer } from '../../testing/start-test-server.ts';
import type { TestServer } from '../../testing/start-test-server.ts';

function post(server: TestServer, path: string, body: unknown): Promise<Response> {
  return fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

async function ask(server: TestServer, id: string, text: string): Promise<void> {
  const posted = await post(server, `/api/conversations/${id}/messages`, { message_id: `q-${id}`, text });
  await allEvents(await fetch(`${server.url}/api/generations/${acceptedSchema.parse(await posted.json()).generation_id}/events`));
}

describe('export and import', () => {
  it('go round: what was exported can be imported elsewhere, is found there, and can be gone on with', async () => {
    await using here = await startTestServer();
    await ask(here, 'c1', 'What is 2 + 2?');
    const answer = await fetch(`${here.url}/api/conversations/c1/export`);
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="conversation-c1.json"');
    const document = conversationExportSchema.parse(await answer.json());

    await using there = await startTestServer();
    const result = importResultSchema.parse(await (await post(there, '/api/conversations/import', document)).json());
    const [imported] = result.imported;
    const id = imported?.conversation.id ?? '';
    expect(id).not.toBe('c1');
    const view = conversationViewSchema.parse(await (await fetch(`${there.url}/api/conversations/${id}`)).json());
    const [before] = document.conversations;
    expect(view.messages.map(({ role, content, state, receipt }) => ({ role, content, state, receipt }))).toEqual(
      before?.messages.map(({ role, content, state, receipt }) => ({ role, content, state, receipt })),
    );
    expect(view.head_id).toBe(view.messages.at(-1)?.id);
    const again = await post(there, `/api/conversations/${id}/messages/${view.head_id}/regenerate`, {});
    expect(again.status).toBe(202);
    const list = conversationListSchema.parse(await (await fetch(`${there.url}/api/conversations`)).json());
    expect(list.conversations.map(({ id: listed }) => listed)).toEqual([id]);
  });

  it('take attached files along, which are looked at again as data', async () => {
    await using here = await startTestServer();
    const upload = await fetch(`${here.url}/api/attachments?name=notes.md`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: '# Nötes',
    });
    const file = attachmentSchema.parse(await upload.json());
    await post(here, '/api/chat/message', { message: 'What is it?', conversation_id: 'c1', attachments: [file.id] });
    const document = conversationExportSchema.parse(await (await fetch(`${here.url}/api/conversations/c1/export`)).json());
    const [asked] = document.conversations[0]?.messages ?? [];
    expect(asked?.attachments).toEqual([{ ...file, content: Buffer.from('# Nötes').toString('base64') }]);
    expect(await (await fetch(`${here.url}/api/conversations/c1/export?format=markdown`)).text()).toContain('*Attached: notes.md*');

    await using there = await startTestServer();
    const bad = { ...file, id: 'x', name: '../x.zip', kind: 'image' as const, content: Buffer.from('PK\0').toString('base64') };
    if (asked !== undefined) asked.attachments = [...(asked.attachments ?? []), bad];
    const result = importResultSchema.parse(await (await post(there, '/api/conversations/import', document)).json());
    expect(result.refused).toEqual([
      { title: 'What is it?', reason: expect.stringMatching(/^The file "x.zip" was left out\. It has NUL/) },
    ]);
    const id = result.imported[0]?.conversation.id ?? '';
    const view = conversationViewSchema.parse(await (await fetch(`${there.url}/api/conversations/${id}`)).json());
    expect(view.messages[0]?.attachments).toEqual([file]);
    expect(await (await fetch(`${there.url}/api/attachments/${file.id}/content`)).text()).toBe('# Nötes');
  });

  it('keep an answer that failed before it had a text, which the import left out', async () => {
    await using here = await startTestServer();
    here.gateway.script = async function* () {
      yield* [];
      throw new Problem('engine_died', 'It ran out of memory.', { source: 'upstream' });
    };
    await ask(here, 'c1', 'What is 2 + 2?');
    const document = conversationExportSchema.parse(await (await fetch(`${here.url}/api/conversations/c1/export`)).json());
    const markdown = await (await fetch(`${here.url}/api/conversations/c1/export?format=markdown`)).text();
    expect(markdown).toMatch(/\n\*The answer broke off here\. It ran out of memory\.\*\n$/);
    await using there = await startTestServer();
    const result = importResultSchema.parse(await (await post(there, '/api/conversations/import', document)).json());
    const id = result.imported[0]?.conversation.id ?? '';
    const view = conversationViewSchema.parse(await (await fetch(`${there.url}/api/conversations/${id}`)).json());
    expect(view.messages.at(-1)).toMatchObject({ role: 'assistant', content: '', state: 'failed', error: { code: 'engine_died' } });
    expect(view.messages).toHaveLength(2);
    expect(view.head_id).toBe(view.messages.at(-1)?.id);
  });

  it('as Markdown has the branch that is shown', async () => {
    await using server = await startTestServer();
    await ask(server, 'c1', 'What is 2 + 2?');
    const answer = await fetch(`${server.url}/api/conversations/c1/export?format=markdown`);
    expect(answer.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(answer.headers.get('content-disposition')).toContain('conversation-c1.md');
    expect(await answer.text()).toMatch(
      /^# What is 2 \+ 2\?\n\n## You, .+ UTC\n\nWhat is 2 \+ 2\?\n\n## pilot:latest, .+ UTC\n\n2 \+ 2 is 4\.\n$/,
    );
    expect((await fetch(`${server.url}/api/conversations/c1/export?format=pdf`)).status).toBe(400);
    expect((await fetch(`${server.url}/api/conversations/none/export`)).status).toBe(404);
  });

  it('takes more and deeper JSON than other addresses, with a limit', async () => {
    await using server = await startTestServer();
    const message = (id: string, content: string): object => ({
      messageId: id,
      isCreatedByUser: true,
      text: content,
      children: [] as object[],
    });
    let root = message('end', 'end');
    for (let index = 0; index < 1000; index += 1) root = { ...message(`m${index}`, 'x'.repeat(4000)), children: [root] };
    const large = await post(server, '/api/conversations/import', { conversationId: 'x', messages: [root] });
    expect(importResultSchema.parse(await large.json()).imported[0]?.messages).toBe(1001);
    expect((await post(server, '/api/conversations/import', ['x'.repeat(17_000_000)])).status).toBe(413);
    const text = `${'['.repeat(6000)}${']'.repeat(6000)}`;
    const deep = await fetch(`${server.url}/api/conversations/import`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text,
    });
    expect([deep.status, (await deep.json()) as object]).toMatchObject([400, { code: 'invalid_json' }]);
  });

  it('says why nothing was imported', async () => {
    await using server = await startTestServer();
    const answer = await post(server, '/api/conversations/import', { name: 'something else' });
    expect([answer.status, await answer.json()]).toMatchObject([
      422,
      { code: 'import_refused', detail: expect.stringContaining('no export') },
    ]);
  });
});
