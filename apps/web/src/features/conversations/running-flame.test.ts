import type { ModelView, PhasePart } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { runningMark } from './running-flame.ts';

function heard(part: Pick<PhasePart, 'phase' | 'progress' | 'position'>) {
  return { type: 'phase', model: 'mistral:latest', reason: '', since: '2026-01-01T00:00:00.000Z', heardAt: 0, ...part } as const;
}
const NOTHING = { phase: undefined, hasText: false, model: undefined };
const inPhase = (phase: ModelView['phase'], progress?: number) => ({ phase, progress }) as ModelView;

describe('runningMark', () => {
  it('shows what the answer waits for', () => {
    expect(runningMark({ ...NOTHING, phase: heard({ phase: 'loading', progress: 0.41 }), model: inPhase('ready') })).toEqual({
      flame: { phase: 'loading', progress: 0.41 },
      words: 'an answer waits: loading, 41 %',
    });
    expect(runningMark({ ...NOTHING, phase: heard({ phase: 'queued', position: 2 }) })).toEqual({
      flame: { phase: 'queued', position: 2 },
      words: 'an answer waits: 2nd in the queue',
    });
  });

  it('shows an answer as being written while text comes, and not while it is silent', () => {
    const written = { flame: { phase: 'busy' }, words: 'an answer is being written' };
    expect(runningMark({ ...NOTHING, phase: heard({ phase: 'reading' }), hasText: true })).toEqual(written);
    expect(runningMark({ ...NOTHING, phase: heard({ phase: 'stalled' }), hasText: true }).flame.phase).toBe('unknown');
  });

  it('takes the phase of the model where the log is not read', () => {
    expect(runningMark({ ...NOTHING, model: inPhase('loading', 0.2) }).flame).toEqual({ phase: 'loading', progress: 0.2 });
    expect(runningMark({ ...NOTHING, model: inPhase('cold') }).flame.phase).toBe('queued');
    expect(runningMark({ ...NOTHING, model: inPhase('busy') }).flame.phase).toBe('busy');
  });

  it('burns no longer while the server is away: the busy flame once stayed', () => {
    expect(runningMark({ ...NOTHING, phase: heard({ phase: 'answering' }), hasText: true, model: inPhase('busy'), isAway: true })).toEqual({
      flame: { phase: 'unknown' },
      words: 'an answer was under way when the server went away',
    });
  });

  it('claims nothing where nothing is known', () => {
    expect(runningMark(NOTHING)).toEqual({ flame: { phase: 'unknown' }, words: 'an answer is under way' });
  });
});
