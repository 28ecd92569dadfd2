import { GENERATION_PHASES, type ModelView } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { toWaiting } from './waiting-words.ts';

const BEGIN = Date.parse('2026-01-01T00:00:00.000Z');
const CONTEXT = { model: 'codellama:latest', view: undefined, now: BEGIN + 8000 };
const loading = {
  type: 'phase',
  phase: 'loading',
  model: 'codellama:latest',
  reason: '',
  since: '2026-01-01T00:00:00.000Z',
  heardAt: BEGIN + 8000,
} as const;
const eta = { seconds: 12, basis: 'the median of its last 5 loads' };

describe('toWaiting', () => {
  it('says how far a measured load is, what is left and on what basis', () => {
    const waiting = toWaiting({ ...loading, progress: 0.41, eta, usualMs: 20_000 }, CONTEXT);
    expect(waiting.heading).toBe('Loading codellama:latest, 41 %');
    expect(waiting.sentence).toContain('About 12 s more, the median of its last 5 loads; 8 s so far. Your message is kept.');
    expect(waiting).toMatchObject({ share: 0.41, words: 'loading, 41 %', announcement: 'Loading codellama:latest, about 12 seconds' });
  });

  it('lets an estimate run down between two reports, but not below a second', () => {
    const at = (seconds: number) => toWaiting({ ...loading, eta, usualMs: 20_000 }, { ...CONTEXT, now: BEGIN + seconds * 1000 }).sentence;
    expect(at(13)).toContain('About 7 s more');
    expect(at(25)).toContain('About 1 s more');
  });

  it('admits that a first load has no estimate', () => {
    const view = { metrics: { loads: 0 } } as ModelView;
    const waiting = toWaiting(loading, { ...CONTEXT, view });
    expect(waiting.heading).toBe('Loading codellama:latest for the first time');
    expect(waiting.sentence).toContain('How long is not known yet; 8 s so far.');
  });

  it('says so when an estimate is overrun by half', () => {
    const at = (seconds: number) => toWaiting({ ...loading, eta, usualMs: 20_000 }, { ...CONTEXT, now: BEGIN + seconds * 1000 }).heading;
    expect(at(30)).toBe('Loading codellama:latest');
    expect(at(34)).toBe('Taking longer than usual: 34 s, usually 20 s');
  });

  it('says who is ahead in the queue', () => {
    const waiting = toWaiting(
      {
        ...loading,
        phase: 'queued',
        position: 2,
        eta: { seconds: 40, basis: 'median of the last 20 waits' },
        reason: 'behind an answer for “Recipe”',
      },
      CONTEXT,
    );
    expect(waiting.heading).toBe('Second in the queue, about 40 s');
    expect(waiting.sentence).toBe('Behind an answer for “Recipe”. The estimate is the median of the last 20 waits. Your message is kept.');
    expect(waiting).toMatchObject({ words: '2nd in the queue', flame: { phase: 'queued', position: 2 } });
  });

  it('counts the tokens of a prompt that is read', () => {
    const waiting = toWaiting({ ...loading, phase: 'reading', tokens_done: 5120, tokens_total: 7310 }, CONTEXT);
    expect(waiting.heading).toBe('Reading the prompt, 5,120 of 7,310 tokens');
    expect(waiting.share).toBeCloseTo(0.7, 2);
  });

  it('counts a silence once, and claims no token that is not there', () => {
    const reason = 'No tokens for 6 s; usually there is one every 100 ms. After 20 s it is given up';
    const waiting = toWaiting({ ...loading, phase: 'stalled', reason }, { ...CONTEXT, now: BEGIN + 13_000 });
    expect(waiting.heading).toBe('Silent for 13 s');
    expect(waiting.sentence).toBe('Usually there is one every 100 ms. After 20 s it is given up. What is written so far is kept.');
    expect(waiting).toMatchObject({ words: 'silent for 13 s', flame: { phase: 'unknown' } });
    const withoutPace = toWaiting({ ...loading, phase: 'stalled', reason: 'No tokens for 6 s. After 20 s it is given up' }, CONTEXT);
    expect(withoutPace.sentence).toBe('After 20 s it is given up. What is written so far is kept.');
  });

  it('does not show a model as busy that is asked again', () => {
    expect(toWaiting({ ...loading, phase: 'retrying', reason: 'connection refused' }, CONTEXT).flame).toEqual({ phase: 'unknown' });
  });

  it('has words for every phase there is', () => {
    for (const phase of GENERATION_PHASES) {
      const waiting = toWaiting({ ...loading, phase }, CONTEXT);
      for (const words of [waiting.heading, waiting.words, waiting.announcement]) expect(words, phase).not.toBe('');
    }
    expect(toWaiting(undefined, CONTEXT).heading).toBe('Waiting for codellama:latest');
  });
});
