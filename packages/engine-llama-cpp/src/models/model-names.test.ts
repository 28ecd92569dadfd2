import { modelNameSchema } from '@pilotlight/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { groupFiles } from './group-files.ts';
import { toModelName, toPart, toStem, toUniqueNames } from './model-names.ts';

test.each([
  ['smollm2-135m-instruct-q4_1', 'smollm2-135m-instruct-q4_1'],
  ['Mistral 7B (Instruct) v0.3', 'mistral-7b-instruct-v0.3'],
  ['..hidden..', 'hidden'],
  ['a..b', 'a.b'],
  ['Ünïcode', 'u-ni-code'],
  ['模型', 'model'],
  ['', 'model'],
])('%s is called %s', (stem, name) => {
  expect(toModelName(stem)).toBe(name);
});

test('every name is one that Ollama would take', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 300 }), { maxLength: 6 }), (stems) => {
      const names = toUniqueNames(stems, ['pilot:latest']);
      for (const name of names) expect(modelNameSchema.safeParse(name).success).toBe(true);
      expect(new Set([...names, 'pilot:latest']).size).toBe(names.length + 1);
    }),
  );
});

test('names that collide are numbered in order, and a reserved one is not given', () => {
  expect(toUniqueNames(['A', 'a', 'pilot', 'a'], ['pilot:latest'])).toEqual(['a:latest', 'a-2:latest', 'pilot-2:latest', 'a-3:latest']);
});

test('a part is recognised by its name alone', () => {
  expect(toPart('/m/big-00002-of-00003.gguf')).toEqual({ stem: 'big', part: 2, count: 3 });
  expect(toPart('/m/big-2-of-3.gguf')).toBeUndefined();
  expect(toStem('/m/Big.GGUF')).toBe('Big');
});

const file = (path: string): { readonly path: string; readonly sizeBytes: number; readonly modifiedMs: number } => ({
  path,
  sizeBytes: 1,
  modifiedMs: 1,
});

test('the parts of a model are one model, in order; other files stand alone; what is not GGUF is left out', () => {
  const models = groupFiles(
    ['/m/b-00002-of-00002.gguf', '/m/z.gguf', '/m/b-00001-of-00002.gguf', '/m/a.GGUF', '/m/notes.txt', '/m/w.safetensors'].map(file),
  );
  expect(models.map(({ stem, files, defect }) => [stem, files.map(({ path }) => path), defect])).toEqual([
    ['a', ['/m/a.GGUF'], undefined],
    ['b', ['/m/b-00001-of-00002.gguf', '/m/b-00002-of-00002.gguf'], undefined],
    ['z', ['/m/z.gguf'], undefined],
  ]);
});

test('missing parts are named', () => {
  expect(groupFiles([file('/m/b-00001-of-00003.gguf'), file('/m/b-00003-of-00003.gguf')])[0]?.defect).toBe(
    'of its 3 parts, number 2 is missing',
  );
  expect(groupFiles([file('/m/b-00001-of-00004.gguf')])[0]?.defect).toBe('of its 4 parts, 3 are missing');
  expect(groupFiles([file('/m/b-00001-of-00000.gguf')])[0]?.defect).toBe('its name says that it has no parts');
});
