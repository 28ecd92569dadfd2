import { conversationViewSchema, modelsViewSchema } from '@pilotlight/contract';
import { fastTime, startFakeEngine, startFakeEngineHere } from '@pilotlight/test-kit';
import type { FakeEngine, FakeModel } from '@pilotlight/test-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { askServer } from './testing/ask-server.ts';
import type { SeenAnswer, ServerQuestion } from './testing/ask-server.ts';
import { startServerProcess } from './testing/start-server-process.ts';
import type { ServerProcess } from './testing/start-server-process.ts';
import { QUICK_ENDS, SILENT_ENDS, WHOLE } from './testing/stream-ends.ts';
import type { StreamEnd, Wire } from './testing/stream-ends.ts';

/**
 * Every way in which a stream was seen to end or to go wrong, between the real server as a process of its own and fake engines, on real sockets. The server's time
 * runs five times as fast, so that its limits of half a minute are reached in seconds; none of them is changed.
 */

interface Case extends StreamEnd {
  readonly wire: Wire;
  readonly prefix: 'goes-on' | 'restarts';
  readonly name: string;
}

function toCases(ends: readonly StreamEnd[], kind: string): readonly Case[] {
  return ends.flatMap((one, index) =>
    one.on.flatMap((wire) =>
      // Where it is all the same whether the model goes on from beginnings, it does.
      (one.end === 'seam' ? (['goes-on', 'restarts'] as const) : (['goes-on'] as const)).map((prefix) => ({
        ...one,
        wire,
        prefix,
        name: `${wire}-${kind}-${index}-${prefix}:latest`,
      })),
    ),
  );
}

const QUICK = toCases(QUICK_ENDS, 'quick');
// Three at most come to their second try at the same time: more do not get one.
const SILENT = toCases(SILENT_ENDS, 'silent').filter(({ wire, prefix }) => wire === 'ollama' || prefix === 'goes-on');
const SPARE = 'spare:latest';
const MORTAL = 'mortal:latest';
const MORTAL_ENGINE = { models: [{ name: MORTAL, prefix: 'restarts' }], tokensPerSecond: 100 } as const;
const TIME = 5;
/** Real processes on a machine that may be busy. */
const PATIENT = { timeout: 15_000, interval: 20 };

const modelsOf = (wire: Wire): readonly FakeModel[] => [
  { name: `${wire}-${SPARE}`, sizeBytes: 1_000 },
  ...[...QUICK, ...SILENT]
    .filter((one) => one.wire === wire)
    .map(({ name, prefix, model }) => ({ name, prefix, sizeBytes: 1_000, ...model })),
];

let stack: AsyncDisposableStack;
let engines: Readonly<Record<Wire, FakeEngine>>;
let mortal: FakeEngine;
let server: ServerProcess;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const many = { maxLoaded: 1_000, parallel: 4 };
  engines = {
    ollama: stack.use(await startFakeEngineHere({ ...many, models: modelsOf('ollama') })),
    v1: stack.use(await startFakeEngineHere({ ...many, models: modelsOf('v1') })),
  };
  mortal = stack.use(await startFakeEngine(MORTAL_ENGINE));
  server = stack.use(
    await startServerProcess({
      ...fastTime(TIME),
      OLLAMA_HOST: `${engines.ollama.url},${mortal.url}`,
      OLLAMA_MODEL: `ollama-${SPARE}`,
      PILOTLIGHT_SERVERS: `v1=${engines.v1.url}/v1`,
      MODEL_RETRIES: '3',
    }),
  );
  const known = async (): Promise<number> => {
    const response = await fetch(`${server.url}/api/models`);
    return modelsViewSchema.parse(await response.json()).models.length;
  };
  // The pilot and the mortal one are there as well.
  while ((await known()) < modelsOf('ollama').length + modelsOf('v1').length + 2);
});

afterAll(() => stack.disposeAsync());

const ask = (question: ServerQuestion): Promise<SeenAnswer> => askServer(server.url, question);
const wholeOf = ({ whole = WHOLE }: StreamEnd): string => whole;
const codeOf = ({ code, wire }: Case): string => (typeof code === 'string' ? code : code[wire]);
const endsWhole = ({ end, prefix }: Case): boolean => end === 'retry' || (end === 'seam' && prefix === 'goes-on');

/** A token is out of it before, so that the fault strikes an answer and not the load. */
async function warmUp(model: string): Promise<void> {
  expect((await ask({ model, message: 'hi', options: { max_tokens: 1 } })).finish).toBeDefined();
}

function expectWhole(one: Case, { text, finish, error }: SeenAnswer): void {
  expect({ text, error }).toEqual({ text: wholeOf(one), error: undefined });
  expect(finish?.receipt.attempts[0]).toMatchObject({ outcome: 'failed', code: codeOf(one), detail: expect.stringMatching(one.words) });
  // Where nothing was missing but the end, nothing was put together.
  expect(finish?.receipt.seams).toHaveLength(one.shown === '' || one.shown === wholeOf(one) ? 0 : 1);
}

async function expectTold(one: Case, { text, finish, error, parts, conversationId }: SeenAnswer): Promise<void> {
  expect(finish).toBeUndefined();
  expect(parts.at(-1)).toBe(error);
  expect(error).toMatchObject({ code: codeOf(one), detail: expect.stringMatching(one.words), source: 'upstream', kept: text !== '' });
  if (one.shown === undefined) expect(wholeOf(one).startsWith(text)).toBe(true);
  else expect(text).toBe(one.shown);
  await expectKept(conversationId, { state: 'failed', content: text });
}

async function expectKept(conversationId: string, message: object): Promise<void> {
  const response = await fetch(`${server.url}/api/conversations/${conversationId}`);
  const { messages } = conversationViewSchema.parse(await response.json());
  expect(messages.at(-1)).toMatchObject({ role: 'assistant', ...message });
}

async function strike(one: Case): Promise<void> {
  const { control } = engines[one.wire];
  await warmUp(one.name);
  await control.fault({ times: 1, ...one.fault, model: one.name });
  const seen = await ask({ model: one.name });
  if (endsWhole(one)) expectWhole(one, seen);
  else await expectTold(one, seen);
}

const titleOf = (one: Case): string => {
  const whole = one.end === 'retry' ? 'whole at the next try' : 'whole, with a seam';
  return `${one.row} (${one.wire}, ${one.prefix}) → ${endsWhole(one) ? whole : `told as ${codeOf(one)}`}`;
};

describe('every way in which a stream ends is told apart', () => {
  for (const one of QUICK)
    test(titleOf(one), async () => {
      await strike(one);
      await engines[one.wire].control.set({ faults: [] });
      if (one.whole === undefined) expect((await ask({ model: one.name })).text).toBe(WHOLE);
    });

  for (const one of SILENT)
    test.concurrent(titleOf(one), { timeout: 60_000 }, async () => {
      await strike(one);
      expect((await ask({ model: one.name })).text).toBe(WHOLE);
    });

  for (const wire of ['ollama', 'v1'] as const)
    test(`a whole stream is whole at the first try (${wire})`, async () => {
      const { text, finish } = await ask({ model: `${wire}-${SPARE}` });
      expect(text).toBe(WHOLE);
      expect(finish).toMatchObject({ reason: 'stop', receipt: { attempts: [{ outcome: 'finished' }], seams: [] } });
    });

  test('a client that does not stream gets a status and no short answer', async () => {
    const model = `v1-${SPARE}`;
    await warmUp(model);
    await engines.v1.control.fault({ kind: 'malformed', after: 9, times: 1, model });
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ model, message: 'count to 60' });
    const response = await fetch(`${server.url}/api/chat/message`, { method: 'POST', headers, body });
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({
      code: 'engine_protocol',
      partial_response: '1 2 3 4 5 6 7 8 9',
    });
  });
});

describe('the whole engine', () => {
  for (const signal of ['SIGKILL', 'SIGTERM'] as const)
    test(`ended by ${signal} in the middle is told, with what was written; away, it is told; back, it is found by itself`, async () => {
      let isStruck = false;
      const onPart = ({ type }: { readonly type: string }): void => {
        if (type !== 'text' || isStruck) return;
        isStruck = true;
        process.kill(mortal.pid, signal);
      };
      const cut = await ask({ model: MORTAL, onPart });
      expect(cut.error).toMatchObject({ code: 'answer_cut', source: 'upstream', kept: true });
      expect(WHOLE.startsWith(cut.text) && cut.text !== WHOLE).toBe(true);
      await expectKept(cut.conversationId, { state: 'failed', content: cut.text });
      expect((await ask({ model: MORTAL })).error).toMatchObject({ code: 'engine_unreachable', kept: false });
      mortal = stack.use(await startFakeEngine({ ...MORTAL_ENGINE, port: mortal.port }));
      // Looked for once a second.
      let back = await ask({ model: MORTAL });
      while (back.error?.code === 'engine_unreachable') back = await ask({ model: MORTAL });
      expect({ text: back.text, error: back.error }).toEqual({ text: WHOLE, error: undefined });
    });
});

describe('a client', () => {
  const model = `ollama-${SPARE}`;
  const left = async (): Promise<number> => {
    const { events } = await engines.ollama.control.state();
    return events.filter((event) => event.type === 'left').length;
  };

  test('that presses stop: the engine is told, its slot is free, what was written is kept', async () => {
    await engines.ollama.control.set({ tokensPerSecond: 50 });
    const before = await left();
    const answer = await ask({ model, message: '10000 tokens', onPart: stopAtFirstText() });
    expect(answer.finish).toMatchObject({ reason: 'stopped' });
    await expect.poll(left, PATIENT).toBe(before + 1);
    await expectKept(answer.conversationId, { state: 'stopped', content: answer.text });
    await engines.ollama.control.set({ tokensPerSecond: 0 });
    expect((await ask({ model })).text).toBe(WHOLE);
  });

  test('that leaves its stream ends nothing: the answer is whole in its conversation', async () => {
    await engines.ollama.control.set({ tokensPerSecond: 100 });
    const leaving = new AbortController();
    let conversationId = '';
    const onPart: ServerQuestion['onPart'] = (part) => {
      if (part.type === 'start') conversationId = part.conversation_id;
      if (part.type === 'text') leaving.abort();
    };
    await expect(ask({ model, signal: leaving.signal, onPart })).rejects.toThrow(/abort/);
    await engines.ollama.control.set({ tokensPerSecond: 0 });
    await expect.poll(() => expectKept(conversationId, { state: 'complete', content: WHOLE }).then(() => true), PATIENT).toBe(true);
  });
});

/** As the page does. */
function stopAtFirstText(): NonNullable<ServerQuestion['onPart']> {
  let id = '';
  return (part) => {
    if (part.type === 'start') id = part.generation_id;
    if (part.type !== 'text' || id === '') return;
    void fetch(`${server.url}/api/generations/${id}/stop`, { method: 'POST' });
    id = '';
  };
}

test('answers were asked for on the two paths whose end markers are known, and on no other', async () => {
  const paths = await Promise.all(
    Object.values(engines).map(async ({ control }) => (await control.state()).events.flatMap(({ path }) => path ?? [])),
  );
  const answers = new Set(paths.flat().filter((path) => /chat|completions|responses|messages/.test(path)));
  expect([...answers].toSorted()).toEqual(['/api/chat', '/v1/chat/completions']);
});
