import type { EngineView } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { awayWords } from './found-words.ts';

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
