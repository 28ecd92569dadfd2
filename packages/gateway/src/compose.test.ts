import { EngineError, Problem } from '@pilotlight/contract';
import type { GatewayPart, Prompt, PromptPlace, PromptRefusal } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { setUpBench } from './testing/bench.ts';

const SHORT: Prompt = { messages: [{ role: 'user', content: 'short' }], maxTokens: 7 };

function tooLong(): EngineError {
  return new EngineError('too_long', 'too long', { lengths: { promptTokens: 5000, contextLength: 4096 } });
}

describe('what is sent', () => {
  it('is decided when it is known where, and bounds the answer', async () => {
    await using bench = await setUpBench();
    const places: PromptPlace[] = [];
    const answer = bench.ask({
      options: { temperature: 1, max_tokens: 100 },
      // oxlint-disable-next-line require-yield -- it has nothing to show
      async *compose(place) {
        places.push(place);
        return SHORT;
      },
    });
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(places).toMatchObject([{ model: 'mistral:latest', engine: 'ollama', window: 4096, refused: undefined }]);
    expect(bench.engine.answers).toMatchObject([{ messages: SHORT.messages, options: { temperature: 1, max_tokens: 7 } }]);
  });

  it('ends with the beginning of the answer, if there is one', async () => {
    await using bench = await setUpBench({ engines: [{ continues: 'always' }] });
    const beginning = { role: 'assistant', content: 'It is', prefix: true } as const;
    const seen: unknown[] = [];
    const answer = bench.ask({
      messages: [{ role: 'user', content: 'a long one' }, beginning],
      // oxlint-disable-next-line require-yield -- it has nothing to show
      async *compose(place) {
        seen.push(place.beginning);
        return SHORT;
      },
    });
    await bench.clock.advanceUntil(answer.ended);
    expect(seen).toEqual([beginning]);
    expect(bench.engine.answers[0]?.messages).toEqual([...SHORT.messages, beginning]);
  });

  it('leaves a lower limit of the request as it is', async () => {
    await using bench = await setUpBench();
    const answer = bench.ask({
      options: { max_tokens: 3 },
      // oxlint-disable-next-line require-yield -- it has nothing to show
      async *compose() {
        return SHORT;
      },
    });
    await bench.clock.advanceUntil(answer.ended);
    expect(bench.engine.answers[0]?.options.max_tokens).toBe(3);
  });

  it('is composed anew with the figures of an engine that refuses it, three times at most', async () => {
    let refusals = 2;
    const answerOf = () =>
      (refusals -= 1) >= 0
        ? { firstMs: 10, gapMs: 1, tokens: 3, error: { after: 0, error: tooLong() } }
        : { firstMs: 10, gapMs: 1, tokens: 3 };
    await using bench = await setUpBench({ engines: [{ answer: answerOf }] });
    const refused: (PromptRefusal | undefined)[] = [];
    const ask = () =>
      bench.ask({
        // oxlint-disable-next-line require-yield -- it has nothing to show
        async *compose(place) {
          refused.push(place.refused);
          return SHORT;
        },
      });
    expect(await bench.clock.advanceUntil(ask().ended)).toBeUndefined();
    expect(refused).toEqual([undefined, { times: 1, promptTokens: 5000, window: 4096 }, { times: 2, promptTokens: 5000, window: 4096 }]);
    refusals = 100;
    refused.length = 0;
    expect(await bench.clock.advanceUntil(ask().ended)).toMatchObject({ code: 'context_too_long' });
    expect(refused).toHaveLength(4);
    expect(bench.view('mistral')).toMatchObject({ phase: 'ready', active: 0 });
  });

  it('has as long to its first token as its own length needs, not that of the question', async () => {
    await using bench = await setUpBench({ engines: [{ answer: () => ({ firstMs: 120_000, gapMs: 10, tokens: 2 }) }] });
    const long: Prompt = { messages: [{ role: 'user', content: 'x'.repeat(3000) }] };
    const compose = (prompt: Prompt) =>
      // oxlint-disable-next-line require-yield -- it has nothing to show
      async function* () {
        return prompt;
      };
    expect(await bench.clock.advanceUntil(bench.ask({ compose: compose(long) }).ended)).toBeUndefined();
    expect(await bench.clock.advanceUntil(bench.ask({ compose: compose(SHORT) }).ended)).toMatchObject({ code: 'first_token_timeout' });
  });

  it('can be refused before anything is sent', async () => {
    await using bench = await setUpBench();
    const answer = bench.ask({
      // oxlint-disable-next-line require-yield -- it has nothing to show
      async *compose() {
        throw new Problem('context_too_long', 'It has too many tokens.');
      },
    });
    expect(await bench.clock.advanceUntil(answer.ended)).toMatchObject({ code: 'context_too_long', detail: 'It has too many tokens.' });
    expect(bench.engine.answers).toEqual([]);
    expect(bench.view('mistral')).toMatchObject({ phase: 'ready', active: 0 });
  });

  it('can have a text written before it, in the same slot', async () => {
    await using bench = await setUpBench({ engines: [{ slots: 1 }] });
    const texts: string[] = [];
    const answer = bench.ask({
      async *compose(place) {
        for await (const part of place.write([{ role: 'user', content: 'sum up' }], { max_tokens: 50 })) {
          if (part.type === 'text') texts.push(part.text);
        }
        yield { type: 'phase', phase: 'summarising', model: place.model, reason: 'Done', since: '2026-01-01T00:00:00.000Z' };
        return { messages: [{ role: 'user', content: texts.join('') }] };
      },
    });
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(texts.join('')).toBe('t0 t1 t2 ');
    expect(answer.text()).toBe('t0 t1 t2 ');
    expect(answer.phases()).toContain('summarising');
    expect(bench.engine.answers.map(({ messages }) => messages[0]?.content)).toEqual(['sum up', 't0 t1 t2 ']);
    expect(bench.engine.violations).toEqual([]);
    expect(bench.engine.openStreams).toBe(0);
  });

  it('frees the slot of a caller that leaves while a text is written before it', async () => {
    await using bench = await setUpBench();
    const controller = new AbortController();
    const heard: GatewayPart[] = [];
    const answer = bench.ask(
      {
        // oxlint-disable-next-line require-yield -- it has nothing to show
        async *compose(place) {
          for await (const part of place.write([{ role: 'user', content: 'sum up' }], {})) heard.push(part);
          return SHORT;
        },
      },
      controller.signal,
    );
    await bench.clock.advance(1200);
    expect(bench.engine.openStreams).toBe(1);
    controller.abort(new Error('left'));
    expect(String(await bench.clock.advanceUntil(answer.ended))).toBe('Error: left');
    await bench.clock.advance(100);
    expect(bench.engine.openStreams).toBe(0);
    expect(bench.view('mistral').active).toBe(0);
  });

  it('is counted by the engine only while the model is in memory', async () => {
    await using bench = await setUpBench();
    const { signal } = new AbortController();
    bench.engine.countTokens = async () => 12;
    expect(await bench.gateway.countTokens('mistral', [], signal)).toBeUndefined();
    expect(bench.engine.loads).toEqual([]);
    await bench.clock.advanceUntil(bench.ask().ended);
    expect(await bench.gateway.countTokens('mistral', [], signal)).toBe(12);
    bench.engine.countTokens = () => Promise.reject(new EngineError('died', 'gone'));
    expect(await bench.gateway.countTokens('mistral', [], signal)).toBeUndefined();
    expect(await bench.gateway.countTokens('nobody', [], signal)).toBeUndefined();
  });
});
