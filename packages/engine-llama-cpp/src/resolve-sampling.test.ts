import { EngineError } from '@pilotlight/contract';
import { expect, test } from 'vitest';

import { resolveSampling, toChosen, whyNotFormat } from './resolve-sampling.ts';

const seed = (): number => 7;

test('what nobody says is as llama.cpp has it', () => {
  expect(resolveSampling({}, {}, seed)).toEqual({
    temperature: 0.8,
    topK: 40,
    topP: 0.95,
    minP: 0.05,
    repeatPenalty: 1,
    presencePenalty: 0,
    frequencyPenalty: 0,
    seed: 7,
    stop: [],
    maxTokens: undefined,
    schema: undefined,
    thinking: undefined,
  });
});

test('the file’s recommendation comes before that, and the request before both', () => {
  const hints = { temperature: 0.6, top_k: 20 };
  expect(resolveSampling({ temperature: 0, seed: 3, max_tokens: 9, stop: ['x'] }, hints, seed)).toMatchObject({
    temperature: 0,
    topK: 20,
    topP: 0.95,
    seed: 3,
    maxTokens: 9,
    stop: ['x'],
  });
  expect(resolveSampling({ temperature: undefined }, hints, seed).temperature).toBe(0.6);
});

test('a schema that cannot be held is refused as invalid, in words', () => {
  expect(resolveSampling({ format: 'json' }, {}, seed).schema).toBeDefined();
  expect(whyNotFormat('json')).toBeUndefined();
  expect(whyNotFormat({ not: {} })).toBe('The schema uses "not", which cannot be held here.');
  expect(() => resolveSampling({ format: { not: {} } }, {}, seed)).toThrow(
    new EngineError('invalid', 'The schema uses "not", which cannot be held here.', { field: 'options.format' }),
  );
});

test('what the engine took is told for options that nobody gave, and for no others', () => {
  const sampling = resolveSampling({ temperature: 0.3, seed: undefined }, { top_k: 20 }, seed);
  expect(toChosen({ temperature: 0.3 }, sampling)).toEqual({ top_k: 20, top_p: 0.95, min_p: 0.05, repeat_penalty: 1, seed: 7 });
});

test('an answer in a format is written without thinking: the grammar holds from its first token on', () => {
  expect(resolveSampling({ thinking: 'high' }, {}, seed).thinking).toBe('high');
  expect(resolveSampling({ thinking: 'high', format: 'json' }, {}, seed).thinking).toBe(false);
});
