import { EngineError } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { codeOf, setUpBench } from './testing/bench.ts';

const GOOD = { firstMs: 100, gapMs: 50, tokens: 3 };

function failingOnce(_request: unknown, number: number) {
  return number > 1 ? GOOD : { ...GOOD, error: { after: 0, error: new EngineError('failed', 'it failed') } };
}

describe('a caller that leaves', () => {
  const script = { load: () => ({ durationMs: 1000 }), answer: () => ({ firstMs: 3000, gapMs: 1000, tokens: 20 }) };

  it.each([
    ['loading', 500],
    ['warming', 1005],
    ['reading', 2000],
    ['answering', 6500],
  ])('while %s gives everything back', async (_phase, afterMs) => {
    await using bench = await setUpBench({ engines: [script] });
    const client = new AbortController();
    const answer = bench.ask({}, client.signal);
    await bench.clock.advance(afterMs);
    client.abort(new Error('left'));
    await bench.clock.settle();
    expect(String(await answer.ended)).toBe('Error: left');
    expect(bench.engine.openStreams).toBe(afterMs === 1005 ? 1 : 0);
    await bench.clock.advance(1000);
    expect(bench.view('mistral')).toMatchObject({ phase: 'ready', active: 0, queued: 0 });
  });

  it('while queued, or during a retry, gives everything back', async () => {
    await using bench = await setUpBench({ engines: [{ answer: failingOnce }] });
    const client = new AbortController();
    const retrying = bench.ask({}, client.signal);
    await bench.clock.advance(1010);
    await bench.clock.settle();
    expect(retrying.phases().at(-1)).toBe('retrying');
    const running = bench.ask();
    const queued = bench.ask({}, client.signal);
    await bench.clock.settle();
    expect(bench.view('mistral')).toMatchObject({ active: 1, queued: 1 });
    client.abort(new Error('left'));
    await bench.clock.settle();
    expect(bench.view('mistral')).toMatchObject({ active: 1, queued: 0 });
    expect(String(await retrying.ended)).toBe('Error: left');
    expect(String(await queued.ended)).toBe('Error: left');
    expect(await bench.clock.advanceUntil(running.ended)).toBeUndefined();
  });

  it('gives its grant back even if it never comes back to the generator', async () => {
    await using bench = await setUpBench({ engines: [script] });
    const client = new AbortController();
    const request = { task: 'chat', messages: [], options: {}, priority: 'api', requestId: 'r', label: 'an answer' } as const;
    const iterator = bench.gateway.generate(request, client.signal)[Symbol.asyncIterator]();
    const until = (async () => {
      for (;;) {
        const { value } = await iterator.next();
        if (value?.type === 'text') return;
      }
    })();
    await bench.clock.advanceUntil(until);
    expect(bench.view('mistral').active).toBe(1);
    client.abort();
    await bench.clock.settle();
    expect(bench.engine.openStreams).toBe(0);
    expect(bench.view('mistral')).toMatchObject({ phase: 'ready', active: 0 });
  });

  it('costs nothing if it never begins', async () => {
    await using bench = await setUpBench({ engines: [script] });
    const before = bench.clock.pending;
    const request = { task: 'chat', messages: [], options: {}, priority: 'api', requestId: 'r', label: 'an answer' } as const;
    bench.gateway.generate(request, new AbortController().signal);
    expect(bench.clock.pending).toBe(before);
    expect(bench.engine.loads).toEqual([]);
  });

  it('by leaving the loop ends the answer', async () => {
    await using bench = await setUpBench({ engines: [script] });
    const request = { task: 'chat', messages: [], options: {}, priority: 'api', requestId: 'r', label: 'an answer' } as const;
    const reading = (async () => {
      for await (const part of bench.gateway.generate(request, new AbortController().signal)) if (part.type === 'text') return;
    })();
    await bench.clock.advanceUntil(reading);
    await bench.clock.settle();
    expect(bench.engine.openStreams).toBe(0);
    expect(bench.view('mistral').active).toBe(0);
  });
});

describe('the end of the gateway', () => {
  it('ends answers and loads with a reason, and leaves no timer behind', async () => {
    const bench = await setUpBench({ engines: [{ answer: () => ({ firstMs: 100, gapMs: 1000, tokens: 50 }) }] });
    const answers = [bench.ask(), bench.ask()];
    await bench.clock.advance(3000);
    await bench.gateway[Symbol.asyncDispose]();
    await bench.clock.settle();
    expect(await Promise.all(answers.map(async ({ ended }) => codeOf(await ended)))).toEqual(['shutting_down', 'shutting_down']);
    expect(codeOf(await bench.ask().ended)).toBe('shutting_down');
    expect(bench.clock.pending).toBe(0);
  });
});
