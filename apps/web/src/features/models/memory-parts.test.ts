import type { ModelsView, ModelView } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { modelsInMemory, unusableWords } from './memory-parts.ts';

const MODEL: ModelView = {
  name: 'mistral:latest',
  engine: 'ollama',
  provider: 'ollama',
  health: true,
  phase: 'cold',
  ready: false,
  reason: '',
  since: '2026-01-01T00:00:00.000Z',
  active: 0,
  queued: 0,
  default: false,
  capabilities: [],
  metrics: { answers: 0, failures: 0, loads: 0 },
};
const BROKEN: ModelView = { ...MODEL, phase: 'failed', health: false };
const VIEW: ModelsView = {
  models: [
    { ...BROKEN, name: 'broken-1' },
    { ...MODEL, name: 'failed-load', phase: 'failed' },
    { ...BROKEN, name: 'broken-2' },
    { ...MODEL, name: 'loading', phase: 'loading' },
    { ...MODEL, name: 'cold' },
    { ...MODEL, name: 'ready', phase: 'ready', ready: true },
    { ...MODEL, name: 'away', engine: 'other', health: false, phase: 'unknown' },
  ],
  engines: [
    { id: 'ollama', kind: 'ollama', address: 'http://localhost:11434', reachable: true, reason: '', since: '' },
    { id: 'other', kind: 'ollama', address: 'http://other:11434', reachable: false, reason: '', since: '' },
  ],
  memory: { total_bytes: 0, free_bytes: 0, resident: [] },
};

describe('modelsInMemory', () => {
  it('puts what lives before what failed, and files that cannot be used on one line', () => {
    const { rows, unusable } = modelsInMemory(VIEW);
    expect(rows.map(({ model }) => model.name)).toEqual(['loading', 'ready', 'failed-load']);
    expect(unusable.map(({ name }) => name)).toEqual(['broken-1', 'broken-2']);
    expect([1, 6].map(unusableWords)).toEqual(['1 file cannot be used', '6 files cannot be used']);
  });
});
