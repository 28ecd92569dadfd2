import type { ModelsView, ModelView } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { groupModels } from './picker-groups.ts';

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

describe('groupModels', () => {
  it('offers what cannot be used last', () => {
    expect(groupModels(VIEW, '').map(({ title, models }) => [title, models.map(({ name }) => name)])).toEqual([
      ['In memory, or on its way there', ['loading', 'ready']],
      ['On disk', ['failed-load', 'cold']],
      ['On other:11434, which does not answer', ['away']],
      ['Cannot be used', ['broken-1', 'broken-2']],
    ]);
  });
});
