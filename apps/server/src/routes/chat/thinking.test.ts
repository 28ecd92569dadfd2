import { conversationExportSchema } from '@pilotlight/contract';
import type { Gateway, GatewayPart, GenerateRequest } from '@pilotlight/contract';
import { createUndiciNetwork } from '@pilotlight/engine-http/network';
import { createOllamaEngine } from '@pilotlight/engine-ollama';
import { createGateway } from '@pilotlight/gateway';
import type { RunningGateway } from '@pilotlight/gateway';
import { createSeededRandomness, startFakeEngineHere, systemClock } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { RECEIPT } from '../../testing/scripted-gateway.ts';
import { startTestServer } from '../../testing/start-test-server.ts';

interface Bench extends AsyncDisposable {
  readonly gateway: RunningGateway;
}

/** A gateway over a fake Ollama with a model that thinks and one that cannot. */
async function setUpBench(): Promise<Bench> {
  await using stack = new AsyncDisposableStack();
  const thinker = { name: 'thinker:latest', capabilities: ['completion', 'thinking'], thought: 'Two and two make four.' };
  const fake = stack.use(await startFakeEngineHere({ models: [thinker, { name: 'plain:latest' }], tokensPerSecond: 200 }));
  const network = stack.use(createUndiciNetwork());
  const gateway = stack.use(
    createGateway({
      engines: [createOllamaEngine({ id: 'ollama', address: fake.url, network, clock: systemClock })],
      clock: systemClock,
      randomness: createSeededRandomness(1),
      machine: { cores: 2, memory: () => Promise.resolve({ totalBytes: 16e9, freeBytes: 8e9 }) },
      settings: { defaultModel: 'thinker:latest' },
      log: () => {},
    }),
  );
  await gateway.started;
  const owned = stack.move();
  return { gateway, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function ask(gateway: Gateway, request: Partial<GenerateRequest>): Promise<readonly GatewayPart[]> {
  const messages = [{ role: 'user', content: 'What is 2 + 2?' }] as const;
  const whole = { task: 'chat', messages, options: {}, priority: 'interactive', requestId: 'r', label: 'x', ...request } as const;
  const parts = await Array.fromAsync(gateway.generate(whole, new AbortController().signal));
  return parts.filter(({ type }) => type !== 'phase');
}

function receiptOf(parts: readonly GatewayPart[]): Extract<GatewayPart, { type: 'finish' }>['receipt'] {
  const last = parts.at(-1);
  if (last?.type !== 'finish') throw new Error('no finish');
  return last.receipt;
}

const textOf = (parts: readonly GatewayPart[], type: 'text' | 'reasoning'): string =>
  parts.map((part) => (part.type === type ? part.text : '')).join('');

describe('thinking through the gateway', () => {
  it('comes before the answer and apart from it, and the receipt says how long it took', async () => {
    await using bench = await setUpBench();
    const parts = await ask(bench.gateway, { options: { thinking: true } });
    expect([textOf(parts, 'reasoning').trim(), textOf(parts, 'text').trim()]).toEqual(['Two and two make four.', '4']);
    expect(receiptOf(parts).reasoning_ms).toBeGreaterThan(0);
    expect(receiptOf(parts)).toMatchObject({ applied: { options: { thinking: { value: true, from: 'request' } } } });
  });

  it('is left out where it is told to, and a model that cannot says so', async () => {
    await using bench = await setUpBench();
    const off = await ask(bench.gateway, { options: { thinking: false } });
    expect([textOf(off, 'reasoning'), receiptOf(off).reasoning_ms]).toEqual(['', undefined]);
    const plain = await ask(bench.gateway, { model: 'plain', options: { thinking: 'high' } });
    expect(receiptOf(plain).options_not_applied).toEqual([{ name: 'thinking', reason: 'plain:latest cannot think before it answers' }]);
  });
});

it('what was thought is kept beside the answer, in the conversation and in exports, and is not read by the next answer', async () => {
  await using server = await startTestServer();
  const read: string[] = [];
  server.gateway.script = async function* think(request) {
    read.push(request.messages.map(({ content }) => content).join('|'));
    yield { type: 'reasoning', text: 'First I add.\nThen I am sure.' };
    yield { type: 'text', text: 'It is 4.' };
    yield { type: 'finish', reason: 'stop', receipt: RECEIPT };
  };
  const send = (message: string): Promise<Response> =>
    fetch(`${server.url}/api/chat/message`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message, conversation_id: 'c1' }),
    });
  expect(await (await send('2 + 2?')).json()).toMatchObject({ response: 'It is 4.' });
  await send('Sure?');
  expect(read).toEqual(['2 + 2?', '2 + 2?|It is 4.|Sure?']);
  const exported = conversationExportSchema.parse(await (await fetch(`${server.url}/api/conversations/c1/export`)).json());
  expect(exported.conversations[0]?.messages[1]).toMatchObject({ content: 'It is 4.', reasoning: 'First I add.\nThen I am sure.' });
  const markdown = await (await fetch(`${server.url}/api/conversations/c1/export?format=markdown`)).text();
  expect(markdown).toContain('> Thought before the answer:\n>\n> First I add.\n> Then I am sure.\n\nIt is 4.');
});
