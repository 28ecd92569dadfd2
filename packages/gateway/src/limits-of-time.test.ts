import { EngineError, receiptSchema } from '@pilotlight/contract';
import type { Problem, Receipt } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { codeOf, setUpBench } from './testing/bench.ts';
import type { Bench } from './testing/bench.ts';

const SLOW = { firstMs: 1_000, gapMs: 1_000, tokens: 20 };
const mistral = [{ name: 'mistral:latest' }];

async function loaded(bench: Bench): Promise<void> {
  bench.gateway.load('mistral');
  await bench.clock.advance(5_000);
  expect(bench.view('mistral').phase).toBe('ready');
}

function receiptOf(error: unknown): Receipt {
  return receiptSchema.parse((error as Problem).facts['receipt']);
}

describe('the longest wait for its turn', () => {
  it('refuses with place, estimate and a time to come back, and gives the place back', async () => {
    await using bench = await setUpBench({ engines: [{ load: () => ({ durationMs: 1_000 }), answer: () => SLOW }] });
    await loaded(bench);
    // So that there is something to estimate from.
    await bench.clock.advanceUntil(bench.ask().ended);
    const running = bench.ask();
    const before = bench.ask({ label: 'the one before' });
    await bench.clock.settle();
    const askedMs = bench.clock.monotonic();
    const error = await bench.clock.advanceUntil(bench.ask({ options: { queue_timeout: 5 } }).ended);
    expect(bench.clock.monotonic() - askedMs).toBe(5_000);
    expect(error).toMatchObject({
      code: 'queue_timeout',
      status: 503,
      detail: expect.stringMatching(/^it waited 5 s for its turn, as long as it may: 2nd in the queue, behind the one before/),
      facts: { reason: 'queue_timeout', position: 2, estimate: { basis: expect.any(String) } },
      retryAfterSeconds: expect.any(Number),
    });
    expect(receiptOf(error)).toMatchObject({ queue_ms: 5_000, attempts: [{ outcome: 'failed', code: 'queue_timeout' }] });
    expect(bench.view('mistral')).toMatchObject({ active: 1, queued: 1 });
    const ends = await bench.clock.advanceUntil(Promise.all([running.ended, before.ended]));
    expect(ends).toEqual([undefined, undefined]);
  });

  it('does not count the load of its own model, and counts the wait behind others after it', async () => {
    await using bench = await setUpBench({ engines: [{ load: () => ({ durationMs: 30_000 }), answer: () => SLOW }] });
    const first = bench.ask();
    const second = bench.ask({ options: { queue_timeout: 10 } });
    expect(codeOf(await bench.clock.advanceUntil(second.ended))).toBe('queue_timeout');
    expect(first.phases()).toContain('reading');
    expect(bench.clock.monotonic()).toBeGreaterThanOrEqual(40_000);
    expect(await bench.clock.advanceUntil(first.ended)).toBeUndefined();
  });

  it('counts the wait for memory that other models use', async () => {
    await using bench = await setUpBench({
      machineBytes: 3_000,
      engines: [{ models: [...mistral, { name: 'b:latest' }].map((model) => ({ ...model, sizeBytes: 1_900 })), answer: () => SLOW }],
      settings: { maxSwapWaitMs: 60_000 },
    });
    const running = bench.ask();
    await bench.clock.advance(3_000);
    const error = await bench.clock.advanceUntil(bench.ask({ model: 'b', options: { queue_timeout: '4s' } }).ended);
    expect(error).toMatchObject({ code: 'queue_timeout', facts: { position: 1 } });
    expect(bench.engine.loads).toEqual(['mistral:latest']);
    expect(await bench.clock.advanceUntil(running.ended)).toBeUndefined();
  });

  it('of 0 is met by an answer at once, after a load at most, and else by a refusal', async () => {
    await using bench = await setUpBench({ engines: [{ load: () => ({ durationMs: 2_000 }), answer: () => SLOW }] });
    const options = { queue_timeout: 0 };
    const first = bench.ask({ options });
    await bench.clock.advance(4_000);
    const second = bench.ask({ options });
    expect(codeOf(await bench.clock.advanceUntil(second.ended))).toBe('queue_timeout');
    expect(await bench.clock.advanceUntil(first.ended)).toBeUndefined();
  });

  it('goes to another engine that is free before it is given up', async () => {
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models: mistral, answer: () => SLOW },
        { id: 'b', models: mistral, answer: () => ({ ...SLOW, tokens: 3 }) },
      ],
      settings: { spillAfterMs: 60_000 },
    });
    await loaded(bench);
    const running = bench.ask();
    const busy = bench.ask();
    await bench.clock.advance(100);
    const waiting = bench.ask({ options: { queue_timeout: 8 } });
    const end = await bench.clock.advanceUntil(waiting.ended);
    expect(end).toBeUndefined();
    expect(waiting.parts.at(-1)).toMatchObject({ receipt: { engine: 'b' } });
    await bench.clock.advanceUntil(Promise.all([running.ended, busy.ended]));
  });
});

it('leaves no timer behind for a caller that left and never comes back', async () => {
  await using bench = await setUpBench({ engines: [{ answer: () => SLOW }] });
  await loaded(bench);
  const running = bench.ask();
  await bench.clock.settle();
  const client = new AbortController();
  const options = { queue_timeout: 3_000, total_timeout: 4_000 };
  const request = { task: 'chat', messages: [], options, priority: 'api', requestId: 'r', label: 'an answer' } as const;
  const iterator = bench.gateway.generate(request, client.signal)[Symbol.asyncIterator]();
  expect((await iterator.next()).value).toMatchObject({ type: 'phase', phase: 'queued' });
  client.abort(new Error('left'));
  await bench.clock.advanceUntil(running.ended);
  await bench.gateway[Symbol.asyncDispose]();
  await bench.clock.advance(1_000);
  expect(bench.clock.pending).toBe(0);
});

describe('the longest time in all', () => {
  it('ends an answer in the middle, says so, and has everything in the receipt', async () => {
    await using bench = await setUpBench({ engines: [{ load: () => ({ durationMs: 1_000 }), answer: () => SLOW }] });
    await loaded(bench);
    const askedMs = bench.clock.monotonic();
    const answer = bench.ask({ options: { total_timeout: 6 } });
    const error = await bench.clock.advanceUntil(answer.ended);
    expect(bench.clock.monotonic() - askedMs).toBe(6_000);
    expect(error).toMatchObject({ code: 'total_timeout', status: 504, detail: 'it took longer than the 6 s that its options allow' });
    expect(receiptOf(error)).toMatchObject({
      total_ms: 6_000,
      applied: { options: { total_timeout: { value: 6, from: 'request' } } },
      attempts: [{ outcome: 'stopped', code: 'total_timeout', detail: 'it took longer than the 6 s that its options allow' }],
    });
    expect(answer.text()).toContain('t3 ');
    await bench.clock.settle();
    expect(bench.engine.openStreams).toBe(0);
    expect(bench.view('mistral')).toMatchObject({ phase: 'ready', active: 0 });
    expect(bench.log).toContainEqual(expect.objectContaining({ name: 'attempt', outcome: 'stopped', code: 'total_timeout' }));
  });

  it.each([
    ['a load', { load: () => ({ durationMs: 60_000 }) }],
    [
      'the pause before another try',
      { answer: () => ({ ...SLOW, error: { after: 0, error: new EngineError('overloaded', 'no', { retryAfterSeconds: 30 }) } }) },
    ],
  ])('ends %s too, and everything is given back', async (_what, script) => {
    await using bench = await setUpBench({ engines: [script] });
    const error = await bench.clock.advanceUntil(bench.ask({ options: { total_timeout: '10s' } }).ended);
    expect(codeOf(error)).toBe('total_timeout');
    expect(bench.clock.monotonic()).toBeLessThanOrEqual(11_000);
    expect(receiptOf(error).total_ms).toBe(10_000);
    expect(bench.view('mistral')).toMatchObject({ active: 0, queued: 0 });
  });

  it('is off by default; the setting holds for background work, and defaults of a model and a request go before it', async () => {
    const engines = [{ answer: () => ({ firstMs: 1_000, gapMs: 10_000, tokens: 5 }) }];
    {
      await using bench = await setUpBench({ engines });
      await loaded(bench);
      expect(await bench.clock.advanceUntil(bench.ask().ended)).toBeUndefined();
    }
    await using bench = await setUpBench({ engines, settings: { totalTimeoutMs: 5_000 } });
    await loaded(bench);
    const ask = (request: Parameters<Bench['ask']>[0]): Promise<unknown> => bench.clock.advanceUntil(bench.ask(request).ended);
    expect(await ask({ priority: 'background' })).toMatchObject({ detail: 'it took longer than the 5 s that the settings allow' });
    expect(await ask({ options: { total_timeout: -1 } })).toBeUndefined();
    bench.gateway.preferences.setDefaults('mistral', { options: { total_timeout: 7 } });
    expect(await ask({})).toMatchObject({ detail: 'it took longer than the 7 s that the defaults of mistral:latest allow' });
    expect(await ask({ options: { total_timeout: '1m' } })).toBeUndefined();
  });
});
