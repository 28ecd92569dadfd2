import { contextUsageSchema, conversationViewSchema } from '@pilotlight/contract';
import type { ContextReceipt, ContextUsage, StreamPart } from '@pilotlight/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { allEvents } from '../testing/read-events.ts';
import { startServerProcess } from '../testing/start-server-process.ts';
import type { ServerProcess } from '../testing/start-server-process.ts';

/** The window of the pilot model, of which a quarter is kept for the answer. */
const WINDOW = 2048;
const FILLER = 'The bird sat on the wall and sang a song about the rain. '.repeat(18);

let server: ServerProcess;
beforeAll(async () => {
  server = await startServerProcess();
});
afterAll(() => server[Symbol.asyncDispose]());

function post(path: string, body: unknown): Promise<Response> {
  return fetch(`${server.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

interface Asked {
  readonly parts: readonly StreamPart[];
  readonly context: ContextReceipt | undefined;
  readonly promptTokens: number | undefined;
}

async function ask(conversation: string, message: string, more: object = {}): Promise<Asked> {
  const body = { message, conversation_id: conversation, options: { max_tokens: 30 }, ...more };
  const events = await allEvents(await post('/api/chat/stream', body));
  const parts = events.map(({ data }) => JSON.parse(data) as StreamPart);
  const last = parts.at(-1);
  const receipt = last?.type === 'finish' ? last.receipt : undefined;
  return { parts, context: receipt?.context, promptTokens: receipt?.prompt_tokens };
}

async function measure(body: object): Promise<ContextUsage> {
  return contextUsageSchema.parse(await (await post('/api/context', body)).json());
}

/** A conversation that does not fit: imported, so that nothing need be answered first. */
async function fill(turns: number): Promise<string> {
  const messages = Array.from({ length: turns * 2 }, (_, index) => ({
    id: `m${index}`,
    parent_id: index === 0 ? null : `m${index - 1}`,
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `${index}: ${FILLER}`,
    created_at: '2026-01-01T00:00:00Z',
  }));
  const conversation = {
    id: 'x',
    title: 'Birds',
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    head_id: `m${turns * 2 - 1}`,
    messages,
  };
  const answer = await post('/api/conversations/import', { format: 'pilotlight-conversations', version: 1, conversations: [conversation] });
  const { imported } = (await answer.json()) as { imported: { conversation: { id: string } }[] };
  return imported[0]?.conversation.id ?? '';
}

describe('a long conversation with the model that ships', () => {
  it('is counted exactly by its engine, before and after', async () => {
    const { context, promptTokens } = await ask('c-short', 'What is 2 + 2?');
    expect(context).toMatchObject({
      policy: 'drop_oldest',
      basis: 'exact',
      window: WINDOW,
      reserve: 30,
      messages: 1,
      tokens: promptTokens,
    });
    const gauge = await measure({ conversation_id: 'c-short' });
    expect(gauge).toMatchObject({
      model: 'pilot:latest',
      basis: 'exact',
      window: WINDOW,
      window_basis: 'as it is loaded',
      messages: 2,
      fits: true,
    });
    const withDraft = await measure({ conversation_id: 'c-short', text: 'And what is 3 + 3?' });
    expect(withDraft.tokens).toBeGreaterThan(gauge.tokens);
    const next = await ask('c-short', 'And what is 3 + 3?');
    expect(Math.abs((next.promptTokens ?? 0) - withDraft.tokens)).toBeLessThanOrEqual(2);
  }, 60_000);

  it('loses its oldest turns, as the gauge had said, and the engine reads what was counted', async () => {
    const id = await fill(8);
    const gauge = await measure({ conversation_id: id, text: 'What is 2 + 2?', max_tokens: 30 });
    expect(gauge).toMatchObject({ fits: false, messages: 17, policy: 'drop_oldest' });
    const { context, promptTokens = 0 } = await ask(id, 'What is 2 + 2?');
    const { left_out: leftOut } = context ?? {};
    expect(leftOut?.messages).toBe(gauge.left_out?.messages);
    expect(leftOut?.last_id).toBe(gauge.left_out?.last_id);
    expect(context?.tokens).toBe(promptTokens);
    expect(promptTokens).toBeLessThanOrEqual(WINDOW - 30);
    expect(context?.total_tokens).toBeGreaterThan(WINDOW);
    expect(context?.doubt).toBeUndefined();
  }, 60_000);

  it('is not sent under "stop", and the problem says the figures', async () => {
    const id = await fill(8);
    const { parts } = await ask(id, 'What is 2 + 2?', { context_policy: 'stop' });
    expect(parts.at(-1)).toMatchObject({
      type: 'error',
      code: 'context_too_long',
      detail: expect.stringMatching(
        /^The conversation has [\d,]+ tokens; pilot:latest holds 2,048, of which 30 are kept for the answer\. Nothing was sent\.$/,
      ),
      source: 'app',
      kept: false,
    });
  }, 60_000);

  it('is summarised by the model itself, once, where that is wanted', async () => {
    const id = await fill(8);
    const first = await ask(id, 'What is 2 + 2?', { context_policy: 'summarise' });
    const summary = first.context?.summary;
    expect(summary).toMatchObject({ made: true });
    expect(first.parts.filter((part) => part.type === 'phase' && part.phase === 'summarising').length).toBeGreaterThan(0);
    expect(first.context?.left_out).toBeUndefined();
    const view = conversationViewSchema.parse(await (await fetch(`${server.url}/api/conversations/${id}`)).json());
    const answer = view.messages.at(-1);
    const again = await post(`/api/conversations/${id}/messages/${answer?.id}/regenerate`, {
      context_policy: 'summarise',
      options: { max_tokens: 30 },
    });
    const { generation_id: generation } = (await again.json()) as { generation_id: string };
    const events = await allEvents(await fetch(`${server.url}/api/generations/${generation}/events`));
    const last = JSON.parse(events.at(-1)?.data ?? '{}') as StreamPart;
    expect(last.type === 'finish' && last.receipt.context?.summary).toMatchObject({ made: false, last_id: summary?.last_id });
  }, 60_000);

  it('takes a question with a file that fits, and says so of one that does not', async () => {
    const upload = async (text: string): Promise<string> => {
      const answer = await fetch(`${server.url}/api/attachments?name=birds.txt`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: text,
      });
      return ((await answer.json()) as { id: string }).id;
    };
    const fits = await ask('c-file', 'What is it?', { attachments: [await upload(FILLER)] });
    expect(fits.promptTokens).toBeGreaterThan(100);
    const large = await ask('c-large', 'What is it?', { attachments: [await upload(FILLER.repeat(20))] });
    expect(large.parts.at(-1)).toMatchObject({
      type: 'error',
      code: 'context_too_long',
      detail: expect.stringMatching(/^The question alone has/),
    });
  }, 60_000);
});
