import type { ModelPlan } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { planWords } from './plan-words.ts';

const PLAN: ModelPlan = { model: 'llama3.1:8b', engine: 'ollama', verdict: 'fits', reason: 'It fits.', unload: [], pinned: [] };
const MODEL = { metrics: { answers: 3, failures: 0, loads: 3, last_load_ms: 19_000 } };

describe('what choosing a cold model means', () => {
  it('is its own load alone where it fits', () => {
    expect(planWords(PLAN, MODEL)).toBeUndefined();
    expect(planWords(undefined, MODEL)).toBeUndefined();
  });

  it('names what has to go for it', () => {
    const plan: ModelPlan = { ...PLAN, verdict: 'after_unloading', unload: [{ model: 'mistral:latest', bytes: 4.4e9, in_use: false }] };
    expect(planWords(plan, MODEL)).toBe('Fits after unloading mistral:latest. Loads in about 19 s, as the last time');
  });

  it('says what will not fit, with the figures and what would help', () => {
    const plan: ModelPlan = {
      ...PLAN,
      verdict: 'never',
      reason: 'it needs 13.1 GB; 9.7 GB are free',
      would_fit: [{ type: 'shorter_context', context_length: 8192, needs_bytes: 8.9e9 }],
    };
    expect(planWords(plan, MODEL)).toBe('It needs 13.1 GB; 9.7 GB are free. It would fit with a context of 8,192 tokens: 8.9 GB.');
  });
});
