import { expect, it } from 'vitest';

import { toResidentModels } from './to-resident-models.ts';

/** Two rows as Ollama's documentation has them, of a server with a graphics card: one model whole in its memory, one in parts. */
const ROWS = {
  models: [
    {
      name: 'mistral:latest',
      size: 5_137_025_024,
      size_vram: 5_137_025_024,
      context_length: 4096,
      expires_at: '2026-06-04T14:38:31.83753-07:00',
    },
    { name: 'llama3.3:70b', size: 46_000_000_000, size_vram: 22_000_000_000, expires_at: 'never' },
    { name: 'old:latest', size: 1000 },
    { name: 'odd:latest', size: 1000, size_vram: 2000 },
  ],
};

it('tells what of a model lies in graphics memory, and until when it stays', () => {
  const [whole, parts, old, odd] = toResidentModels(ROWS, []);
  expect(whole).toMatchObject({ memoryBytes: 5_137_025_024, gpuBytes: 5_137_025_024, expiresAtMs: Date.parse('2026-06-04T21:38:31.837Z') });
  expect(parts).toEqual({ name: 'llama3.3:70b', memoryBytes: 46_000_000_000, gpuBytes: 22_000_000_000 });
  // A server that does not say so is not one that has none there.
  expect(old).toEqual({ name: 'old:latest', memoryBytes: 1000 });
  expect(odd).toMatchObject({ gpuBytes: 1000 });
});
