import type { ModelView } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { stampEstimates } from './models-state.ts';
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

describe('a model that is in memory and was never tried', () => {
  const foreign = { ...MODEL, reason: 'in memory, put there by another client; no token seen yet' };

  it('is not called cold, ready or merely listed', () => {
    expect(modelWords(foreign, NOW)).toBe('in memory, not tried');
    expect(consequence(foreign, NOW)).toBe('In memory, put there by another client; no token seen yet.');
    expect(modelWords({ ...foreign, health: false }, NOW)).toBe('Ollama does not answer');
  });
});

describe('what is to be known of a model besides its phase', () => {
  const ready: ModelView = { ...MODEL, phase: 'ready', ready: true };

  it('is that it keeps failing, that it stays, and what others did with it', () => {
    const breaker = { state: 'open', reason: '5 failures in a row', since: MODEL.since, failures: 5 } as const;
    expect(consequence({ ...ready, breaker }, NOW)).toMatch(/^Ready since .+\. 5 failures in a row; passed over\.$/);
    expect(consequence({ ...ready, breaker: { ...breaker, state: 'half_open' } }, NOW)).toContain(
      'the next answer shows whether it is back',
    );
    expect(consequence({ ...ready, pinned: true }, NOW)).toContain('Pinned: it stays in memory.');
    expect(consequence({ ...ready, notice: { text: 'Another client unloaded it', at: MODEL.since } }, NOW)).toContain(
      'Another client unloaded it.',
    );
    expect(consequence(ready, NOW)).not.toContain('.');
  });

  it('is how long its load takes, with what that rests on', () => {
    const cold: ModelView = { ...MODEL, phase: 'cold', estimates: { load: { seconds: 8, basis: 'the median of 5' } } };
    expect(consequence(cold, NOW)).toBe('Loads in about 8 s, the median of 5');
  });
});

describe('a model on a graphics card', () => {
  const ready = { ...MODEL, phase: 'ready', ready: true, memory_bytes: 4.4e9 } as const;

  it('says how much of it lies there only where that is a part of it', () => {
    expect(consequence({ ...ready, gpu_bytes: 3.1e9 }, NOW)).toContain(
      '3.1 of 4.4 GB lie in graphics memory, the rest is computed on the processor',
    );
    for (const gpu_bytes of [0, 4.4e9]) expect(consequence({ ...ready, gpu_bytes }, NOW)).not.toContain('graphics');
    expect(consequence(ready, NOW)).not.toContain('graphics');
  });
});

describe('the estimate of a load', () => {
  it('is of what was left when it was heard: a page that was opened in the middle of a load once took the time before off again', () => {
    const model = { ...MODEL, phase: 'loading', since: new Date(NOW - 8000).toISOString(), eta: { seconds: 12, basis: '' } } as const;
    const heard = stampEstimates({ type: 'model', model }, NOW);
    if (heard.type !== 'model') throw new Error('another event');
    expect([0, 5000].map((later) => modelWords(heard.model, NOW + later))).toEqual(['loading, about 12 s', 'loading, about 7 s']);
    expect(stampEstimates(heard, NOW + 3000)).toEqual(heard);
  });
});
