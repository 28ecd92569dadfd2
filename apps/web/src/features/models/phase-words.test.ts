import type { ModelView } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { consequence, modelWords } from './phase-words.ts';

const NOW = Date.parse('2026-01-01T00:00:00.000Z');
const MODEL: ModelView = {
  name: 'mistral:latest',
  engine: 'ollama',
  provider: 'ollama',
  health: true,
  phase: 'unknown',
  ready: false,
  reason: '',
  since: '2026-01-01T00:00:00.000Z',
  active: 0,
  queued: 0,
  default: false,
  capabilities: [],
  metrics: { answers: 0, failures: 0, loads: 0 },
};

describe('words of a model whose engine is away', () => {
  const away = { ...MODEL, health: false, reason: 'connection refused' };

  it('name the engine and not the model', () => {
    expect(modelWords(away, NOW)).toBe('Ollama does not answer');
    expect(modelWords({ ...away, provider: 'openai' }, NOW)).toBe('its server does not answer');
    expect(modelWords(MODEL, NOW)).toBe('listed, never tried');
  });

  it('say the reason in the picker, once', () => {
    expect(consequence(away, NOW)).toBe('Ollama does not answer. Connection refused.');
    expect(consequence({ ...away, reason: 'Ollama at http://a:1 does not answer' }, NOW)).toBe('Ollama at http://a:1 does not answer.');
    expect(consequence(MODEL, NOW)).toBe('Listed, never tried');
  });
});
