import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { EnginePart, Options } from '@pilotlight/contract';
import { createTemporaryFolder } from '@pilotlight/test-kit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { toModelWithTemplate } from './testing/gguf-bytes.ts';
import { createPilotEngine, PILOT, pilotPath } from './testing/pilot-engine.ts';
import type { PilotEngine } from './testing/pilot-engine.ts';

const never = new AbortController().signal;

interface Answer {
  readonly text: string;
  readonly reasoning: string;
  readonly finish: EnginePart & { type: 'finish' };
}

async function ask({ engine }: Pick<PilotEngine, 'engine'>, options: Options, model = PILOT): Promise<Answer> {
  const messages = [{ role: 'user', content: 'Tell me a story' }] as const;
  const parts: EnginePart[] = [];
  for await (const part of engine.stream({ model, messages, options: { max_tokens: 24, ...options }, profile: {} }, never))
    parts.push(part);
  const join = (type: 'text' | 'reasoning'): string => parts.map((part) => (part.type === type ? part.text : '')).join('');
  const finish = parts.at(-1);
  if (finish?.type !== 'finish') throw new Error('no finish');
  return { text: join('text'), reasoning: join('reasoning'), finish };
}

describe('every option changes what the built-in engine writes', () => {
  let pilot: PilotEngine;
  beforeAll(async () => {
    pilot = createPilotEngine();
    await pilot.engine.load(PILOT, { profile: { contextLength: 512, slots: 1 }, signal: never, onProgress: () => {} });
  });
  afterAll(() => pilot[Symbol.asyncDispose]());

  const hot = { temperature: 3, top_k: 0, top_p: 1, min_p: 0 };

  test('the same seed gives the same answer, another seed another one', async () => {
    const first = await ask(pilot, { ...hot, seed: 11 });
    expect((await ask(pilot, { ...hot, seed: 11 })).text).toBe(first.text);
    expect((await ask(pilot, { ...hot, seed: 12 })).text).not.toBe(first.text);
  });

  test('a seed that was drawn is told, and gives the same answer again', async () => {
    const drawn = await ask(pilot, hot);
    const seed = drawn.finish.chosen?.seed ?? -1;
    expect(drawn.finish.chosen).toEqual({ repeat_penalty: 1, seed });
    expect((await ask(pilot, { ...hot, seed })).text).toBe(drawn.text);
  });

  test.each([
    ['top_k', { top_k: 1 }],
    ['top_p', { top_p: 0.000_01 }],
    ['min_p', { min_p: 1 }],
    ['temperature', { temperature: 0 }],
  ] as const)('%s at its strictest leaves the likeliest words alone, however hot the rest is', async (_name, strict) => {
    const greedy = await ask(pilot, { temperature: 0 });
    expect((await ask(pilot, { ...hot, seed: 5 })).text).not.toBe(greedy.text);
    expect((await ask(pilot, { ...hot, seed: 5, ...strict })).text).toBe(greedy.text);
  });

  // A model that is sure of a word keeps it in spite of a penalty: only where words are nearly as likely does it show, with the dice the same.
  const EVEN = { temperature: 3, top_k: 0, top_p: 1, min_p: 0, seed: 7 };

  test.each([
    ['repeat_penalty', { repeat_penalty: 5 }],
    ['presence_penalty', { presence_penalty: 2 }],
    ['frequency_penalty', { frequency_penalty: 2 }],
    ['a negative frequency_penalty', { frequency_penalty: -2 }],
  ] as const)('%s changes the text', async (_name, penalty) => {
    const long = { ...EVEN, max_tokens: 64 };
    const plain = await ask(pilot, long);
    expect((await ask(pilot, { ...long, ...penalty })).text).not.toBe(plain.text);
  });

  test('frequency and presence are not the same', async () => {
    const long = { ...EVEN, max_tokens: 96 };
    const byPresence = await ask(pilot, { ...long, presence_penalty: 1.5 });
    expect((await ask(pilot, { ...long, frequency_penalty: 1.5 })).text).not.toBe(byPresence.text);
  });

  test('a schema holds the answer', async () => {
    const schema = { type: 'object', properties: { kind: { enum: ['dog', 'cat'] } } };
    const { text } = await ask(pilot, { format: schema, temperature: 0, max_tokens: 60 });
    expect(JSON.parse(text)).toEqual({ kind: expect.stringMatching(/^(?:dog|cat)$/) });
  });

  test('a model that cannot think says so where it is asked to, and nothing where it is asked not to', () => {
    expect(pilot.engine.optionsNotApplied?.(PILOT, { thinking: 'high' })).toEqual([
      { name: 'thinking', reason: 'pilot:latest cannot think before it answers' },
    ]);
    expect(pilot.engine.optionsNotApplied?.(PILOT, { thinking: false, temperature: 1 })).toEqual([]);
  });
});

test('a profile with a smaller cache type takes less memory for the cache and answers', async () => {
  await using pilot = createPilotEngine();
  await pilot.engine.load(PILOT, { profile: { contextLength: 512, slots: 1, cacheType: 'q8_0' }, signal: never, onProgress: () => {} });
  expect((await ask(pilot, { temperature: 0 })).text.trim()).not.toBe('');
});

const TURNS = `{%- for message in messages -%}{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' -}}{%- endfor -%}`;
const START = `{{- '<|im_start|>assistant\\n' -}}`;
/** As Qwen 3 has it. */
const WITH_SWITCH = `${TURNS}{%- if add_generation_prompt -%}${START}{%- if enable_thinking is defined and enable_thinking is false -%}{{- '<think>\\n\\n</think>\\n\\n' -}}{%- else -%}{{- '<think>\\n' -}}{%- endif -%}{%- endif -%}`;
/** As DeepSeek R1 has it. */
const ALWAYS = `${TURNS}{%- if add_generation_prompt -%}${START}{{- '<think>\\n' -}}{%- endif -%}{%- if false -%}</think>{%- endif -%}`;
/** As gpt-oss has it, in spirit. */
const WITH_EFFORT = `{%- if reasoning_effort is defined -%}{{- 'Think with this effort: ' + reasoning_effort + '\\n' -}}{%- endif -%}${WITH_SWITCH}`;

describe('thinking', () => {
  let pilot: PilotEngine;
  let folder: Awaited<ReturnType<typeof createTemporaryFolder>>;
  beforeAll(async () => {
    folder = await createTemporaryFolder();
    const file = await readFile(pilotPath);
    for (const [name, template] of Object.entries({ switched: WITH_SWITCH, always: ALWAYS, effort: WITH_EFFORT }))
      await writeFile(join(folder.path, `${name}.gguf`), toModelWithTemplate(file, template));
    pilot = createPilotEngine({ folders: [folder.path] });
  });
  afterAll(async () => {
    await pilot[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const load = (model: string) =>
    pilot.engine.load(model, { profile: { contextLength: 512, slots: 1 }, signal: never, onProgress: () => {} });

  test.each(['switched:latest', 'always:latest'])(
    '%s thinks apart from its answer, and not at all where it is told not to',
    async (model) => {
      await load(model);
      expect((await pilot.engine.describe(model)).capabilities).toContain('thinking');
      for (const thinking of [undefined, true, 'low'] as const) {
        const thought = await ask(pilot, { temperature: 0, thinking }, model);
        expect({ text: thought.text, thinks: thought.reasoning !== '' }).toEqual({ text: '', thinks: true });
        expect(thought.finish.usage.reasoningTokens).toBe(thought.finish.usage.completionTokens);
      }
      const answer = await ask(pilot, { temperature: 0, thinking: false }, model);
      expect({ says: answer.text.trim() !== '', reasoning: answer.reasoning }).toEqual({ says: true, reasoning: '' });
      expect(answer.finish.usage.reasoningTokens).toBeUndefined();
    },
  );

  test('a schema is held by a model that thinks, without a thought before it', async () => {
    await load('always:latest');
    const { text, reasoning } = await ask(
      pilot,
      { format: { type: 'object', properties: { a: { type: 'boolean' } } }, temperature: 0 },
      'always:latest',
    );
    expect([JSON.parse(text), reasoning]).toEqual([{ a: expect.any(Boolean) }, '']);
    expect(pilot.engine.optionsNotApplied?.('always:latest', { format: 'json', thinking: true })).toHaveLength(1);
  });

  test('an effort reaches the template that takes one, and is said not to reach the others', async () => {
    await load('effort:latest');
    const lengths = await Promise.all(
      ([true, 'low', 'medium'] as const).map(
        async (thinking) => (await ask(pilot, { thinking }, 'effort:latest')).finish.usage.promptTokens,
      ),
    );
    expect(new Set(lengths).size).toBe(3);
    expect(pilot.engine.optionsNotApplied?.('effort:latest', { thinking: 'low' })).toEqual([]);
    expect(pilot.engine.optionsNotApplied?.('switched:latest', { thinking: 'low' })).toEqual([
      { name: 'thinking', reason: 'switched:latest thinks, but its template takes no effort' },
    ]);
  });
});
