import { describe, expect, it } from 'vitest';

import { codeOf, setUpBench } from './testing/bench.ts';
import type { Bench } from './testing/bench.ts';
import type { AnswerScript, ScriptedEngineOptions } from './testing/scripted-engine.ts';

const models = [{ name: 'mistral:latest' }];
const GOOD: AnswerScript = { firstMs: 100, gapMs: 50, tokens: 3 };

/** A runner that gives nothing from some moment on, warm-ups and trials included, until it is loaded anew; its server says that all is well. */
function wedging(): { engine: Omit<ScriptedEngineOptions, 'clock'>; stuck: { is: boolean } } {
  const stuck = { is: false };
  const load = () => {
    stuck.is = false;
    return { durationMs: 1000 };
  };
  return { stuck, engine: { models, load, isStuck: () => stuck.is, answer: () => GOOD } };
}
async function ready(bench: Bench): Promise<void> {
  await bench.clock.advanceUntil(bench.gateway.ensureReady('mistral', new AbortController().signal));
}
function wedgedAt(bench: Bench, sinceMs: number): Promise<number> {
  return (async () => {
    while (bench.gateway.models().models[0]?.phase !== 'wedged' && bench.clock.monotonic() - sinceMs < 200_000)
      await bench.clock.advance(500);
    return bench.clock.monotonic() - sinceMs;
  })();
}

describe('a model that is in memory and gives no token', () => {
  it('is called wedged within 60 s of the request that found it so, and is brought back by itself', async () => {
    const { engine, stuck } = wedging();
    await using bench = await setUpBench({ engines: [engine] });
    await ready(bench);
    stuck.is = true;
    const answer = bench.ask();
    expect(await wedgedAt(bench, bench.clock.monotonic())).toBeLessThanOrEqual(60_000);
    expect(bench.view('mistral')).toMatchObject({
      phase: 'wedged',
      ready: false,
      health: true,
      reason: 'in memory, and no token came within 15 s though its engine says that it is well',
    });
    expect(codeOf(await bench.clock.advanceUntil(answer.ended))).toBe('first_token_timeout');
    await bench.clock.advance(3000);
    expect(bench.view('mistral').phase).toBe('cold');
    expect(await bench.clock.advanceUntil(bench.ask().ended)).toBeUndefined();
    expect(bench.engine.loads).toHaveLength(2);
  });

  it('in the middle of an answer: the answer is rescued by another engine meanwhile', async () => {
    const { engine, stuck } = wedging();
    const answers: ScriptedEngineOptions['answer'] = () => ({ firstMs: 100, gapMs: 1000, tokens: 30 });
    await using bench = await setUpBench({
      engines: [
        { ...engine, id: 'a', answer: answers },
        { id: 'b', models, continues: 'always', answer: answers },
      ],
    });
    await ready(bench);
    const answer = bench.ask({ model: 'mistral' });
    await bench.clock.advance(5_000);
    stuck.is = true;
    const startedMs = bench.clock.monotonic();
    bench.engine.freeze();
    expect(await wedgedAt(bench, startedMs)).toBeLessThanOrEqual(60_000);
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(answer.text()).toBe(Array.from({ length: 30 }, (_, index) => `t${index} `).join(''));
    expect(answer.parts.at(-1)).toMatchObject({ receipt: { engine: 'b', seams: [{}] } });
  });

  it('keeps nobody waiting who came meanwhile: they are served after it was brought back', async () => {
    const { engine, stuck } = wedging();
    await using bench = await setUpBench({ engines: [engine] });
    await ready(bench);
    stuck.is = true;
    const answers = [bench.ask(), bench.ask(), bench.ask()];
    const ends = await bench.clock.advanceUntil(Promise.all(answers.map(({ ended }) => ended)));
    expect(ends.map((end) => end && codeOf(end))).toEqual(['first_token_timeout', undefined, undefined]);
    expect(bench.engine.violations).toEqual([]);
    expect(bench.engine.loads).toHaveLength(2);
  });

  it('is passed over by those who come meanwhile, where another engine has it', async () => {
    const { engine, stuck } = wedging();
    await using bench = await setUpBench({
      engines: [
        { ...engine, id: 'a' },
        { id: 'b', models },
      ],
    });
    await ready(bench);
    stuck.is = true;
    const answer = bench.ask({ model: 'mistral' });
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    await bench.clock.advance(16_000);
    const next = bench.ask({ model: 'mistral' });
    expect(await bench.clock.advanceUntil(next.ended)).toBeUndefined();
    expect(next.parts.at(-1)).toMatchObject({ receipt: { engine: 'b', attempts: [{ engine: 'b' }] } });
  });
});

describe('what is not wedged', () => {
  it('is a slow prompt: after its stall one token is tried, and comes', async () => {
    await using bench = await setUpBench({ engines: [{ models, answer: () => ({ ...GOOD, silentAfter: 0 }) }] });
    await bench.clock.advanceUntil(bench.ask().ended);
    await bench.clock.advance(20_000);
    expect(bench.view('mistral').phase).toBe('ready');
    expect(bench.log.filter(({ name }) => name === 'wedge-probe')).toMatchObject([{ outcome: 'answered' }]);
  });

  it('is a model whose other slot still writes', async () => {
    const { engine, stuck } = wedging();
    const answers: ScriptedEngineOptions['answer'] = (_request, number) =>
      number === 1 ? { firstMs: 100, gapMs: 1000, tokens: 90 } : { ...GOOD, silentAfter: 0 };
    await using bench = await setUpBench({ engines: [{ ...engine, slots: 2, answer: answers }] });
    await ready(bench);
    const writing = bench.ask();
    await bench.clock.advance(1000);
    stuck.is = true;
    const stalled = bench.ask();
    expect(codeOf(await bench.clock.advanceUntil(stalled.ended))).toBe('first_token_timeout');
    expect(await bench.clock.advanceUntil(writing.ended)).toBeUndefined();
    expect(bench.log.filter(({ name }) => name === 'wedge-probe')).toMatchObject([{ outcome: 'unclear' }]);
    expect(bench.log.some((event) => event.name === 'phase-change' && event.to === 'wedged')).toBe(false);
  });

  it('is a cold model: nothing is tried, nothing is loaded, however odd its engine looks', async () => {
    await using bench = await setUpBench({ engines: [{ models }] });
    Object.assign(bench.engine, { resident: () => new Promise(() => {}) });
    await bench.clock.advance(120_000);
    expect(bench.engine.loads).toEqual([]);
    expect(bench.log.some(({ name }) => name === 'wedge-probe')).toBe(false);
  });
});

describe('an idle model whose engine does not say any more what is in memory', () => {
  it('is tried with one token, and called wedged if none comes, with no request at all', async () => {
    const { engine, stuck } = wedging();
    await using bench = await setUpBench({ engines: [engine] });
    await ready(bench);
    stuck.is = true;
    Object.assign(bench.engine, { resident: () => new Promise(() => {}) });
    expect(await wedgedAt(bench, bench.clock.monotonic())).toBeLessThanOrEqual(60_000);
  });

  it('is left alone where the token comes, and not asked again for a minute', async () => {
    await using bench = await setUpBench({ engines: [{ models }] });
    await ready(bench);
    Object.assign(bench.engine, { resident: () => new Promise(() => {}) });
    await bench.clock.advance(50_000);
    expect(bench.view('mistral').phase).toBe('ready');
    expect(bench.log.filter(({ name }) => name === 'wedge-probe')).toHaveLength(1);
  });
});
