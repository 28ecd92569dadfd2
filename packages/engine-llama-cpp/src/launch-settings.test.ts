import { expect, test } from 'vitest';

import { toOpenSettings } from './launch-settings.ts';
import type { CatalogModel } from './models/model-catalog.ts';

const MEBIBYTE = 2 ** 20;

function model(
  sizeBytes: number,
  cacheBytesPerToken = 4096,
  capabilities: CatalogModel['description']['capabilities'] = ['completion'],
): CatalogModel {
  return {
    path: '/m/a.gguf',
    sizeBytes,
    description: { name: 'a:latest', weightsKey: '/m/a.gguf', trainedContextLength: 8192, capabilities },
    facts: {
      family: 'llama',
      weights: 1,
      quantization: 'Q8_0',
      trainedContextLength: 8192,
      capabilities,
      sampling: {},
      takesEffort: false,
      cacheBytesPerToken,
      read: () => undefined,
      vocabulary: undefined,
      parts: undefined,
      defect: undefined,
    },
  };
}

test('a tiny model gets one thread, any other the cores that there are', () => {
  expect(toOpenSettings(model(7 * MEBIBYTE), {}, 8).threads).toBe(1);
  expect(toOpenSettings(model(98 * MEBIBYTE), {}, 2).threads).toBe(2);
  expect(toOpenSettings(model(98 * MEBIBYTE), {}, 64).threads).toBe(16);
});

test('the context is 4,096 tokens or what the model was trained on; the profile may ask for more, up to that', () => {
  expect(toOpenSettings(model(98 * MEBIBYTE), {}, 2).contextLength).toBe(4096);
  expect(toOpenSettings(model(98 * MEBIBYTE), { contextLength: 8000 }, 2).contextLength).toBe(8000);
  expect(toOpenSettings(model(98 * MEBIBYTE), { contextLength: 100_000 }, 2).contextLength).toBe(8192);
  expect(toOpenSettings(model(98 * MEBIBYTE), { contextLength: 1 }, 2).contextLength).toBe(256);
});

test('slots: as many as a bounded cache holds, at most four; one for a large model; what the profile says', () => {
  expect(toOpenSettings(model(7 * MEBIBYTE), {}, 2).slots).toBe(4);
  expect(toOpenSettings(model(98 * MEBIBYTE, 23_040), {}, 2).slots).toBe(2);
  expect(toOpenSettings(model(500 * MEBIBYTE, 200_000), {}, 2).slots).toBe(1);
  expect(toOpenSettings(model(4096 * MEBIBYTE), {}, 2).slots).toBe(1);
  expect(toOpenSettings(model(4096 * MEBIBYTE), { slots: 3 }, 2).slots).toBe(3);
});

test('a model that makes embeddings is opened for that', () => {
  expect(toOpenSettings(model(7 * MEBIBYTE, 4096, ['embedding']), { slots: 4 }, 2)).toMatchObject({ purpose: 'embedding', slots: 1 });
});
