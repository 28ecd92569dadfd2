import type { FinishPart, ModelsView, ModelView } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { EMPTY_ANSWER } from '../thread/answer-state.ts';
import { graphicsOf, memoryParts, modelsInMemory, sharedWords, silencesOf, unusableWords, type MemoryPart } from './memory-parts.ts';

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

describe('memory as a bar', () => {
  const GB = 1e9;
  const card = { name: 'Card', total_bytes: 24 * GB, free_bytes: 14 * GB, unified: false };
  const onCard = { ...MODEL, name: 'large', phase: 'ready', ready: true, memory_bytes: 10 * GB, gpu_bytes: 8 * GB } as const;
  const stuck = { ...MODEL, name: 'stuck', phase: 'wedged', memory_bytes: GB } as const;
  const view: ModelsView = {
    models: [onCard, stuck],
    engines: [],
    memory: {
      total_bytes: 16 * GB,
      free_bytes: 10 * GB,
      resident: [
        { model: 'large', bytes: 10 * GB },
        { model: 'stuck', bytes: GB },
      ],
      gpus: [card],
    },
  };
  const shares = (parts: readonly MemoryPart[]) => parts.map(({ kind, share }) => [kind, share]);

  it('has what lies on a card in a bar of its own: it once filled the bar of the machine', () => {
    expect(shares(memoryParts(view))).toEqual([
      ['res', 125],
      ['bad', 63],
      ['oth', 188],
      ['fre', 625],
    ]);
    const graphics = graphicsOf(view)!;
    expect(shares(graphics.parts)).toEqual([
      ['res', 333],
      ['oth', 83],
      ['fre', 583],
    ]);
    expect([graphics.freeBytes, graphics.totalBytes, graphics.cards]).toEqual([14 * GB, 24 * GB, ['Card: 14 of 24 GB free']]);
  });

  it('adds several cards, and leaves out graphics that use the memory of the machine', () => {
    const second = { ...card, name: 'Second', free_bytes: 24 * GB };
    expect(graphicsOf({ ...view, memory: { ...view.memory, gpus: [card, second] } })).toMatchObject({
      totalBytes: 48 * GB,
      freeBytes: 38 * GB,
    });
    const own = { ...view, memory: { ...view.memory, gpus: [{ ...card, name: 'Own', unified: true }] } };
    expect(graphicsOf(own)).toBe(undefined);
    expect(memoryParts(own)[0]).toMatchObject({ kind: 'res', share: 625 });
    expect(sharedWords(own.memory)).toBe('Own uses this memory too');
    expect(sharedWords(view.memory)).toBe(undefined);
  });

  it('leaves out what lies in the memory of other machines', () => {
    const engines = [{ engine: 'ollama', total_bytes: GB, free_bytes: 0, basis: 'set' }];
    expect(shares(memoryParts({ ...view, memory: { ...view.memory, engines } })).map(([kind]) => kind)).toEqual(['oth', 'fre']);
  });
});
