import type { ChildProcess, Processes } from '@pilotlight/contract';
import { createNodeProcesses } from '@pilotlight/engine-llama-cpp';
import type { FakeEngine, Fault } from '@pilotlight/test-kit';
import { describe, expect, test } from 'vitest';

import { setUpBuiltInHouse } from './testing/built-in-house.ts';
import { MODEL, setUpFakeHouse } from './testing/fake-house.ts';
import type { FakeHouse, Telling } from './testing/fake-house.ts';

/** Everything here goes over real sockets, between a real gateway and engines that lie, stall and die as real ones were seen to. */

const WHOLE = Array.from({ length: 60 }, (_, index) => (index === 0 ? '1' : ` ${index + 1}`)).join('');
const never = new AbortController().signal;

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}
async function eventsOf(fake: FakeEngine | undefined, type: string): Promise<number> {
  return ((await fake?.control.state())?.events ?? []).filter((event) => event.type === type).length;
}
function receiptOf({ parts }: Telling) {
  const last = parts.at(-1);
  return last?.type === 'finish' ? last.receipt : undefined;
}
async function ready({ gateway }: FakeHouse): Promise<void> {
  await gateway.ensureReady(MODEL, never);
}

/** Every way in which a stream of Ollama can end without being whole, as it was seen to or as it could be, and what a caller may never take for an end. */
const BREAKS: readonly (readonly [how: string, fault: Fault])[] = [
  ['the runner is killed: an error line, a clean end of HTTP', { kind: 'runner-dies', after: 20 }],
  ['a clean end of HTTP without a done line, as after 31 equal tokens', { kind: 'end', after: 20 }],
  ['the connection closes without the last chunk, as at SIGTERM', { kind: 'cut', after: 20 }],
  ['the connection is reset', { kind: 'reset', after: 20 }],
  ['an error object under status 200', { kind: 'error', after: 20, text: 'CUDA error: out of order' }],
  ['a line that is no JSON', { kind: 'malformed', after: 20 }],
  ['a line without an end', { kind: 'long-line', after: 20, bytes: 6_000_000 }],
];

describe('an answer that breaks off in the middle', () => {
  for (const [how, fault] of BREAKS) {
    test(`is whole all the same where another engine goes on (${how})`, async () => {
      await using house = await setUpFakeHouse({ engines: [{}, {}] });
      await ready(house);
      await house.fakes[0]?.control.fault({ ...fault, times: 1 });
      const answer = house.ask();
      expect(await answer.ended).toBeUndefined();
      expect(answer.text()).toBe(WHOLE);
      expect(receiptOf(answer)).toMatchObject({
        engine: 'b',
        attempts: [
          { engine: 'a', outcome: 'failed' },
          { engine: 'b', continued: true },
        ],
        seams: [{}],
      });
    });

    test(`is never a short answer that looks whole where nothing goes on (${how})`, async () => {
      await using house = await setUpFakeHouse({ engines: [{ models: [{ name: MODEL, prefix: 'restarts' }] }] });
      await ready(house);
      await house.fakes[0]?.control.fault({ ...fault, times: 1 });
      const answer = house.ask();
      const problem = await answer.ended;
      expect(problem?.code).toMatch(/^(?:answer_cut|engine_died|engine_error|engine_protocol|engine_unreachable)$/);
      expect(answer.text()).toBe(WHOLE.slice(0, answer.text().length));
      expect(answer.text()).not.toBe('');
      expect(answer.parts.some(({ type }) => type === 'finish')).toBe(false);
    });
  }

  test('by a kill -9 of the whole engine is rescued elsewhere', async () => {
    await using house = await setUpFakeHouse({ engines: [{ tokensPerSecond: 100 }, {}], asPrograms: true });
    await ready(house);
    const answer = house.ask();
    await until(() => answer.text().length > 20);
    await house.fakes[0]?.control.die();
    expect(await answer.ended).toBeUndefined();
    expect(answer.text()).toBe(WHOLE);
    expect(receiptOf(answer)).toMatchObject({ engine: 'b', seams: [{ from: MODEL, to: MODEL }] });
  });

  test('by a kill -9 where there is no other engine is marked, and what was written is kept', async () => {
    await using house = await setUpFakeHouse({ engines: [{ tokensPerSecond: 100 }], asPrograms: true, settings: { maxAttempts: 2 } });
    await ready(house);
    const answer = house.ask();
    await until(() => answer.text().length > 20);
    await house.fakes[0]?.control.die();
    expect(await answer.ended).toMatchObject({ code: 'answer_cut', source: 'upstream' });
    expect(WHOLE.startsWith(answer.text())).toBe(true);
  });
});

describe('a caller that leaves', () => {
  test('in the middle of an answer: the engine’s own log says so at once, and its slot is free', async () => {
    await using house = await setUpFakeHouse({ engines: [{ tokensPerSecond: 20 }] });
    await ready(house);
    const client = new AbortController();
    const answer = house.ask({ messages: [{ role: 'user', content: '10000 tokens' }] }, client.signal);
    answer.ended.catch(() => {});
    await until(() => answer.text() !== '');
    expect(await eventsOf(house.fakes[0], 'left')).toBe(0);
    client.abort(new Error('left'));
    await until(async () => (await eventsOf(house.fakes[0], 'left')) === 1);
    // With one slot, the next answer is there only if the first one is not.
    expect(await house.ask({ messages: [{ role: 'user', content: 'What is 2 + 2?' }] }).ended).toBeUndefined();
  });

  test('while it waits for the load: the load goes on, and the next one finds the model ready', async () => {
    await using house = await setUpFakeHouse({ engines: [{ loadMs: 300 }] });
    const client = new AbortController();
    const answer = house.ask({}, client.signal);
    answer.ended.catch(() => {});
    await until(async () => (await eventsOf(house.fakes[0], 'load-start')) === 1);
    client.abort(new Error('left'));
    expect(await house.ask().ended).toBeUndefined();
    expect(await eventsOf(house.fakes[0], 'load-start')).toBe(1);
    expect(await eventsOf(house.fakes[0], 'load-aborted')).toBe(0);
  });
});

describe('whether a model goes on from a beginning', () => {
  for (const [prefix, verdict, code] of [
    ['goes-on', 'yes', undefined],
    ['restarts', 'no', 'continue_not_supported'],
    ['refuses', 'no', 'continue_not_supported'],
  ] as const) {
    test(`is found out by trial: one that ${prefix.replace('-', ' ')} → ${verdict}`, async () => {
      await using house = await setUpFakeHouse({ engines: [{ models: [{ name: MODEL, prefix }] }] });
      const beginning = { role: 'assistant', content: WHOLE.slice(0, 20), prefix: true } as const;
      const answer = house.ask({ messages: [{ role: 'user', content: 'count to 60' }, beginning] });
      expect((await answer.ended)?.code).toBe(code);
      if (code === undefined) expect(beginning.content + answer.text()).toBe(WHOLE);
      else expect(answer.text()).toBe('');
      expect(house.view('a')?.continues).toBe(verdict);
    });
  }
});

describe('an Ollama that others use too', () => {
  test('loads the model with another context: seen, said, and used as it is, without a single load of ours', async () => {
    await using house = await setUpFakeHouse({ engines: [{}] });
    await ready(house);
    const [fake] = house.fakes;
    const options = { num_ctx: 2048 };
    await fetch(`${fake?.url}/api/generate`, { method: 'POST', body: JSON.stringify({ model: MODEL, options, stream: false }) });
    await until(() => house.view('a')?.context_length === 2048);
    const loads = await eventsOf(fake, 'load-start');
    for (let index = 0; index < 3; index += 1) expect(await house.ask().ended).toBeUndefined();
    expect(await eventsOf(fake, 'load-start')).toBe(loads);
    expect(house.view('a')?.notice?.text).toMatch(/another client of Ollama on 127\.0\.0\.1:\d+ loaded it with a context of 2,048 tokens/);
    expect(house.log.filter(({ name }) => name === 'foreign-change')).toHaveLength(1);
  });
});

/** Processes of which one dies with -9 when the first words of an answer have come from it; what was on its way after them is lost. */
function createMortalProcesses(): { readonly processes: Processes; readonly arm: () => void } {
  const real = createNodeProcesses();
  const fate = { isArmed: false };
  const isText = (item: unknown): boolean => typeof item === 'object' && item !== null && 'type' in item && item.type === 'text';
  function fork(options: Parameters<Processes['fork']>[0]): ChildProcess {
    const child = real.fork(options);
    let isDead = false;
    function hear(message: unknown, listener: (message: unknown) => void): void {
      if (isDead) return;
      const items: readonly unknown[] = Array.isArray(message) ? message : [message];
      const first = items.findIndex(isText);
      if (!fate.isArmed || first < 0) return listener(message);
      Object.assign(fate, { isArmed: false });
      isDead = true;
      listener(items.slice(0, first + 1));
      process.kill(child.pid, 'SIGKILL');
    }
    return { ...child, onMessage: (listener) => child.onMessage((message) => hear(message, listener)) };
  }
  return { processes: { fork }, arm: () => void (fate.isArmed = true) };
}

describe('the built-in engine, with the model that ships', () => {
  test(
    'whose process is killed with -9 in the middle of an answer goes on after a new load, with the very text that it would have written',
    { timeout: 120_000 },
    async () => {
      const { processes, arm } = createMortalProcesses();
      await using house = await setUpBuiltInHouse({ processes });
      const messages = [{ role: 'user', content: 'Tell me a story' }] as const;
      const request = { messages, options: { temperature: 0, seed: 1 } } as const;
      const undisturbed = house.ask(request);
      expect(await undisturbed.ended).toBeUndefined();
      arm();
      const disturbed = house.ask(request);
      expect(await disturbed.ended).toBeUndefined();
      expect(disturbed.text()).toBe(undisturbed.text());
      expect(receiptOf(disturbed)).toMatchObject({
        attempts: [
          { outcome: 'failed', code: 'engine_died' },
          { outcome: 'finished', continued: true },
        ],
        seams: [{ from: 'pilot:latest', to: 'pilot:latest' }],
      });
      expect(house.started()).toBe(2);
    },
  );
});
