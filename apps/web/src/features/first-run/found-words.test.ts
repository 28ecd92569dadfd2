import type { EngineView, ModelsView } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { awayWords, foundWords } from './found-words.ts';

const OLLAMA: EngineView = {
  id: 'ollama',
  kind: 'ollama',
  address: 'http://localhost:11434',
  reachable: false,
  reason: 'connection refused',
  since: '2026-01-01T00:00:00.000Z',
};

describe('awayWords', () => {
  it('say why and what helps', () => {
    expect(awayWords(OLLAMA)).toBe('Connection refused. Start Ollama, or name its address in OLLAMA_HOST.');
    expect(awayWords({ ...OLLAMA, kind: 'openai', reason: '' })).toBe('Start it, or correct its address.');
  });
});

describe('foundWords', () => {
  it('say once that an engine has no model', () => {
    const view = { models: [], engines: [{ ...OLLAMA, reachable: true }], memory: { total_bytes: 0, free_bytes: 0 } };
    expect(foundWords(view as unknown as ModelsView)).toBe('Found: Ollama on localhost:11434 with no model.');
    expect(foundWords({ ...view, engines: [] } as unknown as ModelsView)).toBe('Found: no model.');
  });
});
