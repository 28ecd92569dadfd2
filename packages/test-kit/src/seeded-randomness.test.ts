import { expect, test } from 'vitest';

import { createSeededRandomness, withSeed } from './seeded-randomness.ts';

test('the same seed gives the same draws, another seed others', () => {
  const draw = (seed: number): unknown[] => {
    const randomness = createSeededRandomness(seed);
    return [randomness.next(), randomness.id(), randomness.between(1, 6), randomness.pick(['a', 'b', 'c']), randomness.chance(0.5)];
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('draws cover their range evenly, and ids are unique', () => {
  const randomness = createSeededRandomness(1);
  const counts = [0, 0, 0, 0];
  for (let index = 0; index < 4_000; index += 1) counts[randomness.between(0, 3)]! += 1;
  for (const count of counts) expect(count).toBeGreaterThan(850);
  const ids = new Set(Array.from({ length: 1_000 }, () => randomness.id()));
  expect(ids.size).toBe(1_000);
  for (const id of ids) expect(id).toMatch(/^[a-z0-9-]{1,36}$/);
});

test('a failure names the seed that replays it', async () => {
  const failing = withSeed(() => {
    throw new Error('it broke');
  }, 42);
  await expect(failing).rejects.toThrow(/it broke\nReplay it with PILOTLIGHT_SEED=42/);
});
