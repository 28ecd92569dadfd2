import { EngineError } from '@pilotlight/contract';
import type { GatewayPart } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { setUpBench } from './testing/bench.ts';
import type { Answer, Bench } from './testing/bench.ts';
import type { AnswerScript } from './testing/scripted-engine.ts';

const models = [{ name: 'mistral:latest' }];
const LONG: AnswerScript = { firstMs: 100, gapMs: 1000, tokens: 60 };
const SHORT: AnswerScript = { firstMs: 100, gapMs: 50, tokens: 3 };

function receiptOf(answer: Answer): Extract<GatewayPart, { type: 'finish' }>['receipt'] | undefined {
  const last = answer.parts.at(-1);
  return last?.type === 'finish' ? last.receipt : undefined;
}
async function ask(bench: Bench): Promise<Answer> {
  const answer = bench.ask({ model: 'mistral' });
  expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
  return answer;
}
function phaseAt(bench: Bench, engine: string): string | undefined {
  return bench.gateway.models().models.find((view) => view.engine === engine)?.phase;
}

describe('the fast one when it is awake, the small one otherwise', () => {
  const engines = [
    { id: 'fast', isLocal: false, models },
    { id: 'small', models },
  ];

  it('uses the fast one, though both are cold', async () => {
    await using bench = await setUpBench({ engines });
    expect(receiptOf(await ask(bench))).toMatchObject({ engine: 'fast', attempts: [{ engine: 'fast', outcome: 'finished' }] });
    expect(receiptOf(await ask(bench))?.attempts[0]).not.toHaveProperty('reason');
  });

  it('uses the small one while the fast one is away, and says why', async () => {
    await using bench = await setUpBench({ engines });
    bench.engines[0]?.kill();
    await bench.clock.advance(3000);
    expect(receiptOf(await ask(bench))).toMatchObject({ engine: 'small', attempts: [{ engine: 'small', reason: 'fast is away' }] });
  });

  it('goes back to the fast one when it is awake: that loads the model while the small one still answers, where nothing has to go for it', async () => {
    await using bench = await setUpBench({ engines });
    bench.engines[0]?.kill();
    await bench.clock.advance(3000);
    await ask(bench);
    bench.engines[0]?.start();
    await bench.clock.advance(5000);
    expect(receiptOf(await ask(bench))).toMatchObject({ engine: 'small', attempts: [{ reason: 'in memory here, and not at fast' }] });
    await bench.clock.advance(3000);
    expect(phaseAt(bench, 'fast')).toBe('ready');
    expect(receiptOf(await ask(bench))).toMatchObject({ engine: 'fast' });
  });

  it('unloads nothing of the fast one for that', async () => {
    await using bench = await setUpBench({
      engines: [{ id: 'fast', isLocal: false, models: [...models, { name: 'phi3:mini' }] }, engines[1]].flatMap((engine) => engine ?? []),
      settings: { engineBudgets: { fast: 3000 } },
    });
    bench.engines[0]?.kill();
    await bench.clock.advance(3000);
    await ask(bench);
    bench.engines[0]?.start();
    await bench.clock.advance(5000);
    expect(await bench.clock.advanceUntil(bench.ask({ model: 'phi3:mini' }).ended)).toBeUndefined();
    expect(receiptOf(await ask(bench))).toMatchObject({ engine: 'small' });
    await bench.clock.advance(10_000);
    expect(bench.engines[0]?.loads).toEqual(['phi3:mini']);
  });
});

describe('a preferred engine that is full', () => {
  const busy = { id: 'a', models, answer: () => LONG };

  it('is left at once for one that is free, which the receipt says', async () => {
    await using bench = await setUpBench({ engines: [busy, { id: 'b', models, answer: () => SHORT }] });
    const signal = new AbortController().signal;
    bench.engines[1]?.loadByOthers('mistral:latest');
    const first = bench.ask({ model: 'mistral' });
    await bench.clock.advance(15_000);
    // Something has come of it here, so that it counts as ready.
    expect(first.text()).not.toBe('');
    const second = bench.ask({ model: 'mistral' }, signal);
    await bench.clock.advance(11_000);
    expect(await bench.clock.advanceUntil(second.ended)).toBeUndefined();
    expect(receiptOf(second)?.engine).toBe('b');
    await bench.clock.advanceUntil(first.ended);
  });

  it('is waited for a while, and then left for one that has to load it first; each attempt has its reason', async () => {
    await using bench = await setUpBench({ engines: [busy, { id: 'b', models, answer: () => SHORT }], settings: { spillAfterMs: 5_000 } });
    const first = bench.ask({ model: 'mistral' });
    await bench.clock.advance(3_000);
    const second = bench.ask({ model: 'mistral' });
    await bench.clock.advance(4_000);
    expect(bench.engines[1]?.loads).toEqual([]);
    expect(second.phases().at(-1)).toBe('queued');
    expect(await bench.clock.advanceUntil(second.ended)).toBeUndefined();
    expect(receiptOf(second)).toMatchObject({
      engine: 'b',
      attempts: [
        { engine: 'a', outcome: 'moved', detail: 'waited 5 s for its turn; b is free' },
        { engine: 'b', outcome: 'finished', reason: 'a was left: waited 5 s for its turn; b is free' },
      ],
    });
    expect(bench.view('mistral').queued).toBe(0);
    expect(await bench.clock.advanceUntil(first.ended)).toBeUndefined();
  });

  it('is gone back to when it is free before the other one has loaded', async () => {
    const slowLoad = () => ({ durationMs: 200_000 });
    const answer = (_request: unknown, number: number) => (number === 1 ? { ...LONG, tokens: 20 } : SHORT);
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models, answer },
        { id: 'b', models, load: slowLoad },
      ],
      settings: { spillAfterMs: 5_000 },
    });
    const first = bench.ask({ model: 'mistral' });
    await bench.clock.advance(3_000);
    const second = bench.ask({ model: 'mistral' });
    expect(await bench.clock.advanceUntil(second.ended)).toBeUndefined();
    expect(receiptOf(second)?.attempts.map(({ engine, outcome }) => `${engine} ${outcome}`)).toEqual(['a moved', 'b moved', 'a finished']);
    expect(receiptOf(second)?.total_ms).toBeLessThan(60_000);
    expect(await bench.clock.advanceUntil(first.ended)).toBeUndefined();
  });

  it('is not left for a load while it loads itself', async () => {
    const load = () => ({ durationMs: 60_000 });
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models, load },
        { id: 'b', models, load },
      ],
    });
    expect(receiptOf(await ask(bench))?.attempts).toHaveLength(1);
    expect(bench.engines[1]?.loads).toEqual([]);
  });

  it('that lets nobody wait any more sends on, and refuses only where there is nothing else', async () => {
    await using bench = await setUpBench({
      engines: [busy, { id: 'b', models, answer: () => SHORT }],
      settings: { maxWaiting: 1, spillAfterMs: 1_000_000 },
    });
    const first = bench.ask({ model: 'mistral' });
    await bench.clock.advance(3_000);
    const waiting = bench.ask({ model: 'mistral' });
    const third = bench.ask({ model: 'mistral' });
    expect(await bench.clock.advanceUntil(third.ended)).toBeUndefined();
    expect(receiptOf(third)).toMatchObject({ attempts: [{ engine: 'a', code: 'queue_full' }, { engine: 'b' }] });
    await bench.clock.advanceUntil(Promise.all([first.ended, waiting.ended]));
  });
});

describe('an engine that keeps failing', () => {
  const failing = (): AnswerScript => ({ ...SHORT, error: { after: 0, error: new EngineError('failed', 'CUDA error') } });

  it('is passed over after five failures, is tried again by one request after a minute, and is the first again when that is answered', async () => {
    const mood = { isBroken: true };
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models, answer: () => (mood.isBroken ? failing() : SHORT) },
        { id: 'b', models, answer: () => SHORT },
      ],
    });
    for (let index = 0; index < 5; index += 1) expect(receiptOf(await ask(bench))?.engine).toBe('b');
    const asked = bench.engine.answers.length;
    const passed = receiptOf(await ask(bench));
    expect(passed).toMatchObject({ engine: 'b', attempts: [{ engine: 'b', reason: 'a kept failing' }] });
    expect(bench.engine.answers).toHaveLength(asked);
    expect(bench.gateway.models().models[0]).toMatchObject({ health: true, phase: 'ready', breaker: { state: 'open', failures: 5 } });
    expect(bench.log.filter(({ name }) => name === 'breaker')).toMatchObject([{ level: 'warn', from: 'closed', to: 'open' }]);
    mood.isBroken = false;
    await bench.clock.advance(80_000);
    expect(receiptOf(await ask(bench))?.engine).toBe('a');
    expect(bench.gateway.models().models[0]).not.toHaveProperty('breaker');
  });

  it('is tried again by the next one where the client of the one that was to show it leaves', async () => {
    const mood = { isBroken: true };
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models, answer: () => (mood.isBroken ? failing() : LONG) },
        { id: 'b', models, answer: () => SHORT },
      ],
    });
    for (let index = 0; index < 5; index += 1) await ask(bench);
    mood.isBroken = false;
    await bench.clock.advance(80_000);
    const client = new AbortController();
    const asked = bench.engine.answers.length;
    const leaving = bench.ask({ model: 'mistral' }, client.signal);
    await bench.clock.advance(10);
    expect(bench.engine.answers).toHaveLength(asked + 1);
    expect(bench.gateway.models().models[0]?.breaker?.state).toBe('half_open');
    client.abort(new Error('left'));
    await leaving.ended;
    await bench.clock.advance(100);
    expect(receiptOf(await ask(bench))?.engine).toBe('a');
  });

  it('is asked all the same where it is the only one', async () => {
    await using bench = await setUpBench({ engines: [{ models, answer: failing }], settings: { maxAttempts: 1 } });
    for (let index = 0; index < 8; index += 1) await bench.clock.advanceUntil(bench.ask().ended);
    expect(bench.engine.answers).toHaveLength(8);
  });

  it('gives its turn in a route to the next model, and the receipt names it', async () => {
    await using bench = await setUpBench({
      engines: [
        { id: 'a', models, answer: failing },
        { id: 'b', models: [{ name: 'phi3:mini' }] },
      ],
      settings: { routes: { chat: { models: ['mistral', 'phi3:mini'] } } },
    });
    for (let index = 0; index < 5; index += 1) await bench.clock.advanceUntil(bench.ask().ended);
    const answer = bench.ask();
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(receiptOf(answer)).toMatchObject({
      model: 'phi3:mini',
      attempts: [{ model: 'phi3:mini' }],
      passed_over: [{ model: 'mistral:latest', engine: 'a', reason: '5 answers in a row failed, the last one: CUDA error' }],
    });
  });

  it('is not a cold one: loads that fail, queues that are full and memory that is short open nothing', async () => {
    const load = () => ({ durationMs: 100, error: new EngineError('failed', 'the load failed') });
    await using bench = await setUpBench({ engines: [{ models, load }] });
    for (let index = 0; index < 8; index += 1) {
      await bench.clock.advanceUntil(bench.ask().ended);
      await bench.clock.advance(16_000);
    }
    expect(bench.view('mistral')).not.toHaveProperty('breaker');
  });
});
