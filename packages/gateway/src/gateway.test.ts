import { EngineError } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { codeOf, setUpBench } from './testing/bench.ts';

const QUICK = { load: () => ({ durationMs: 1000 }) };

describe('one load for all who wait', () => {
  it('serves 50 cold requests with one load', async () => {
    await using bench = await setUpBench({ engines: [{ ...QUICK, slots: 4 }] });
    const answers = Array.from({ length: 50 }, () => bench.ask());
    await bench.clock.advanceUntil(Promise.all(answers.map(({ ended }) => ended)));
    expect(bench.engine.loads).toEqual(['mistral:latest']);
    for (const answer of answers) {
      expect(await answer.ended).toBeUndefined();
      expect(answer.text()).toBe('t0 t1 t2 ');
      expect(answer.parts.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
    }
    expect(bench.engine.violations).toEqual([]);
    expect(bench.view('mistral')).toMatchObject({ phase: 'ready', ready: true, active: 0, queued: 0 });
  });

  it('goes on loading when the only client that asked leaves', async () => {
    await using bench = await setUpBench({ engines: [QUICK] });
    const client = new AbortController();
    const answer = bench.ask({}, client.signal);
    await bench.clock.advance(500);
    expect(bench.view('mistral').phase).toBe('loading');
    client.abort(new Error('left'));
    await bench.clock.settle();
    expect(String(await answer.ended)).toBe('Error: left');
    await bench.clock.advance(1000);
    expect(bench.view('mistral')).toMatchObject({ phase: 'ready', active: 0 });
    expect(bench.engine.loads).toHaveLength(1);
  });

  it('says what a load that failed died of to all who come within 15 s, and then loads again', async () => {
    const load = (_model: string, number: number) =>
      number === 1 ? { durationMs: 1000, error: new EngineError('failed', 'no such tensor') } : { durationMs: 1000 };
    await using bench = await setUpBench({ engines: [{ load }] });
    const first = await bench.clock.advanceUntil(bench.ask().ended);
    expect(first).toMatchObject({ code: 'model_load_failed', detail: 'no such tensor', source: 'upstream' });
    expect(bench.view('mistral')).toMatchObject({ phase: 'failed', reason: 'no such tensor' });
    await bench.clock.advance(10_000);
    expect(await bench.clock.advanceUntil(bench.ask().ended)).toMatchObject({ code: 'model_load_failed' });
    expect(bench.engine.loads).toHaveLength(1);
    await bench.clock.advance(6_000);
    expect(await bench.clock.advanceUntil(bench.ask().ended)).toBeUndefined();
    expect(bench.engine.loads).toHaveLength(2);
  });

  it('gives a load up that shows no progress, and not one that is slow', async () => {
    const load = (_model: string, number: number) => (number === 1 ? { durationMs: 1_000_000, steps: 10 } : { durationMs: Infinity });
    await using bench = await setUpBench({ engines: [{ load }], settings: { loadStallMs: 150_000, keepAliveMs: Infinity } });
    await bench.clock.advanceUntil(bench.gateway.ensureReady('mistral', new AbortController().signal));
    bench.gateway.unload('mistral');
    await bench.clock.advance(100);
    const stalled = bench.gateway.ensureReady('mistral', new AbortController().signal).catch(codeOf);
    expect(await bench.clock.advanceUntil(stalled)).toBe('load_stalled');
    expect(bench.view('mistral').phase).toBe('failed');
    expect(bench.engine.violations).toEqual([]);
  });

  it('shares one deployment between names of the same weights', async () => {
    const models = [
      { name: 'mistral:latest', weightsKey: 'w' },
      { name: 'copy:latest', weightsKey: 'w' },
    ];
    await using bench = await setUpBench({ engines: [{ models }] });
    const answers = [bench.ask({ model: 'mistral' }), bench.ask({ model: 'copy' })];
    await bench.clock.advanceUntil(Promise.all(answers.map(({ ended }) => ended)));
    expect(bench.engine.loads).toHaveLength(1);
    expect(bench.engine.answers.map(({ model }) => model)).toEqual(['mistral:latest', 'copy:latest']);
    expect(bench.view('copy').phase).toBe('ready');
    expect(bench.engine.violations).toEqual([]);
  });

  it('stops a load when somebody asks for the model to be unloaded, and tells those who waited', async () => {
    await using bench = await setUpBench({ engines: [QUICK] });
    const answer = bench.ask();
    await bench.clock.advance(500);
    bench.gateway.unload('mistral');
    await bench.clock.advance(100);
    expect(codeOf(await answer.ended)).toBe('model_load_failed');
    expect(bench.view('mistral').phase).toBe('cold');
    expect(bench.engine.inMemory.size).toBe(0);
    expect(await bench.clock.advanceUntil(bench.ask().ended)).toBeUndefined();
  });
});

describe('a load that is stopped', () => {
  it('while its one token is tried leaves nothing in memory', async () => {
    await using bench = await setUpBench({ engines: [QUICK] });
    const ready = bench.gateway.ensureReady('mistral', new AbortController().signal).catch(codeOf);
    await bench.clock.advance(1005);
    expect(bench.view('mistral').phase).toBe('warming');
    bench.gateway.unload('mistral');
    await bench.clock.advance(100);
    expect(await ready).toBe('model_load_failed');
    expect(bench.view('mistral').phase).toBe('cold');
    expect(bench.engine.inMemory.size).toBe(0);
    expect(bench.engine.openStreams).toBe(0);
  });

  it('is begun again for those who want it while it leaves memory', async () => {
    await using bench = await setUpBench({ engines: [QUICK] });
    await bench.clock.advanceUntil(bench.gateway.ensureReady('mistral', new AbortController().signal));
    bench.gateway.unload('mistral');
    expect(bench.view('mistral').phase).toBe('unloading');
    const again = bench.gateway.ensureReady('mistral', new AbortController().signal);
    expect(await bench.clock.advanceUntil(again)).toMatchObject({ phase: 'ready', metrics: { loads: 2 } });
  });
});

describe('what is shown on the way', () => {
  it('reports a 60 s load at least every 10 s, with measured progress, and an estimate the second time', async () => {
    const load = () => ({ durationMs: 60_000, steps: 4 });
    await using bench = await setUpBench({ engines: [{ load }] });
    const first = bench.ask();
    await bench.clock.advanceUntil(first.ended);
    const gaps = first.times.map((time, index) => time - (first.times[index - 1] ?? 0));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(10_000);
    const shares = first.parts.flatMap((part) => (part.type === 'phase' && part.progress !== undefined ? [part.progress] : []));
    expect(new Set(shares)).toEqual(new Set([0.25, 0.5, 0.75, 1]));
    bench.gateway.unload('mistral');
    await bench.clock.advance(100);
    const second = bench.ask();
    await bench.clock.advance(20_000);
    expect(bench.view('mistral').eta).toEqual({ seconds: 40, basis: 'the last load' });
    await bench.clock.advanceUntil(second.ended);
    expect(second.parts).toContainEqual(
      expect.objectContaining({ phase: 'loading', reason: 'Loading mistral:latest', eta: { seconds: 60, basis: 'the last load' } }),
    );
    expect(second.phases()).toEqual(expect.arrayContaining(['loading', 'warming', 'reading']));
  });

  it('tells each who waits its place and who is before it', async () => {
    await using bench = await setUpBench({ engines: [{ answer: () => ({ firstMs: 5000, gapMs: 10, tokens: 1 }) }] });
    await bench.clock.advanceUntil(bench.gateway.ensureReady('mistral', new AbortController().signal));
    const first = bench.ask({ label: 'an answer for “Recipe”' });
    const second = bench.ask({ label: 'an answer for “Letter”' });
    const third = bench.ask();
    await bench.clock.settle();
    expect(second.parts[0]).toMatchObject({
      phase: 'queued',
      position: 1,
      reason: 'Next in the queue, behind an answer for “Recipe”, which is being written',
    });
    expect(third.parts[0]).toMatchObject({ phase: 'queued', position: 2, reason: '2nd in the queue, behind an answer for “Letter”' });
    await bench.clock.advanceUntil(Promise.all([first, second, third].map(({ ended }) => ended)));
    expect(third.parts.flatMap((part) => (part.type === 'phase' && part.position ? [part.position] : []))).toEqual([2, 1]);
    expect(third.parts.at(-1)).toMatchObject({ type: 'finish', receipt: { load_ms: 0 } });
    expect(bench.engine.violations).toEqual([]);
  });

  it('says in words that an answer stands still, gives it up at its limit, and keeps the slot for the next', async () => {
    const answer = (_request: unknown, number: number) => ({
      firstMs: 100,
      gapMs: 100,
      tokens: 5,
      ...(number === 1 && { silentAfter: 3 }),
    });
    await using bench = await setUpBench({ engines: [{ answer }] });
    const stalled = bench.ask();
    const problem = await bench.clock.advanceUntil(stalled.ended);
    expect(problem).toMatchObject({
      code: 'answer_stalled',
      facts: { receipt: { attempts: [{ outcome: 'failed', code: 'answer_stalled' }] } },
    });
    expect(stalled.text()).toBe('t0 t1 t2 ');
    const words = stalled.parts.flatMap((part) => (part.type === 'phase' && part.phase === 'stalled' ? [part.reason] : []));
    expect(words[0]).toBe('No tokens for 6 s; usually there is one every 100 ms. After 20 s it is given up');
    // The slot is kept for the one token that shows whether anything comes out of it.
    await bench.clock.advance(20);
    expect(bench.engine.openStreams).toBe(0);
    expect(await bench.clock.advanceUntil(bench.ask().ended)).toBeUndefined();
  });

  it('tells subscribers of every phase, and of progress at most four times a second', async () => {
    const load = () => ({ durationMs: 10_000, steps: 1000 });
    await using bench = await setUpBench({ engines: [{ load }] });
    const phases: string[] = [];
    let events = 0;
    using _subscription = bench.gateway.subscribe((event) => {
      if (event.type !== 'model') return;
      events += 1;
      if (phases.at(-1) !== event.model.phase) phases.push(event.model.phase);
    });
    await bench.clock.advanceUntil(bench.gateway.ensureReady('mistral', new AbortController().signal));
    expect(phases).toEqual(['loading', 'warming', 'ready']);
    expect(events).toBeGreaterThan(30);
    expect(events).toBeLessThanOrEqual(45);
  });
});

describe('leaving memory', () => {
  it('unloads what is not used for the keep-alive time, on the engine that is ours', async () => {
    await using bench = await setUpBench({ engines: [{ observation: 'push' }], settings: { keepAliveMs: 60_000 } });
    await bench.clock.advanceUntil(bench.ask().ended);
    await bench.clock.advance(40_000);
    await bench.clock.advanceUntil(bench.ask().ended);
    await bench.clock.advance(59_000);
    expect(bench.view('mistral').phase).toBe('ready');
    await bench.clock.advance(2_000);
    expect(bench.view('mistral')).toMatchObject({ phase: 'cold', reason: 'unloaded: not used for 60 s' });
    expect(bench.engine.inMemory.size).toBe(0);
  });

  it('lets answers end before it unloads, and loads again for those who come meanwhile', async () => {
    await using bench = await setUpBench({ engines: [{ answer: () => ({ firstMs: 1000, gapMs: 10, tokens: 2 }) }] });
    await bench.clock.advanceUntil(bench.gateway.ensureReady('mistral', new AbortController().signal));
    const running = bench.ask();
    await bench.clock.advance(500);
    bench.gateway.unload('mistral');
    expect(bench.view('mistral').phase).toBe('draining');
    const late = bench.ask();
    await bench.clock.advanceUntil(Promise.all([running.ended, late.ended]));
    expect(running.text()).toBe('t0 t1 ');
    expect(late.text()).toBe('t0 t1 ');
    expect(late.phases()).toEqual(expect.arrayContaining(['draining', 'unloading', 'loading']));
    expect(bench.engine.loads).toHaveLength(2);
  });
});

describe('what background work may do', () => {
  it('waits for a model on its way, and never causes a load', async () => {
    await using bench = await setUpBench();
    const refused = bench.ask({ priority: 'background' });
    await bench.clock.settle();
    expect(codeOf(await refused.ended)).toBe('no_model');
    expect(bench.engine.loads).toEqual([]);
    const answer = bench.ask();
    await bench.clock.advance(100);
    const title = bench.ask({ priority: 'background' });
    await bench.clock.advanceUntil(Promise.all([answer.ended, title.ended]));
    expect(title.text()).toBe('t0 t1 t2 ');
    expect(bench.engine.loads).toHaveLength(1);
  });

  it('is passed by people, and gives its place up when the queue is full', async () => {
    await using bench = await setUpBench({ settings: { maxWaiting: 2 } });
    await bench.clock.advanceUntil(bench.gateway.ensureReady('mistral', new AbortController().signal));
    const running = bench.ask();
    const title = bench.ask({ priority: 'background' });
    const api = bench.ask({ priority: 'api', requestId: 'api' });
    const person = bench.ask({ requestId: 'person' });
    const tooMany = bench.ask();
    await bench.clock.settle();
    expect(await title.ended).toMatchObject({ code: 'queue_full' });
    expect(await tooMany.ended).toMatchObject({ code: 'queue_full', retryAfterSeconds: 10, source: 'app' });
    await bench.clock.advanceUntil(Promise.all([running.ended, api.ended, person.ended]));
    expect(bench.log.flatMap((event) => (event.name === 'attempt' && event.outcome === 'finished' ? [event.request_id] : []))).toEqual([
      'r1',
      'person',
      'api',
    ]);
  });
});
