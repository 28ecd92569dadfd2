import type { FinishPart, ModelsView, ModelView } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { EMPTY_ANSWER } from '../thread/answer-state.ts';
import { modelsInMemory, silencesOf, unusableWords } from './memory-parts.ts';

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

describe('a model that gives no token', () => {
  const since = '2026-11-24T09:00:00Z';
  const now = Date.parse('2026-11-24T09:00:22Z');
  const stalled = {
    ...EMPTY_ANSWER,
    phase: { type: 'phase', phase: 'stalled', model: 'm:latest', reason: '', since, heardAt: now } as const,
  };
  const busy = (active: number): ModelsView => ({
    models: [{ ...MODEL, name: 'm:latest', phase: 'busy', ready: true, active }],
    engines: [],
    memory: { total_bytes: 0, free_bytes: 0, resident: [] },
  });

  it('does not count as writing while all its answers are silent', () => {
    const silences = silencesOf({ g: stalled });
    expect(modelsInMemory(busy(1), silences, now).rows[0]).toMatchObject({ phase: 'unknown', words: 'silent for 22 s' });
    expect(modelsInMemory(busy(2), silences, now).rows[0]).toMatchObject({ phase: 'busy' });
  });

  it('is no longer silent once the answer has ended', () => {
    const ended = { ...stalled, end: { type: 'finish', reason: 'stop' } as FinishPart };
    expect(silencesOf({ g: ended }).size).toBe(0);
  });
});
