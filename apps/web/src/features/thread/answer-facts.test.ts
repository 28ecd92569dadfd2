import type { Attempt, Receipt } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { answerFacts } from './answer-facts.ts';

const FAILED: Attempt = { model: 'pilot:latest', engine: 'built-in', outcome: 'failed', duration_ms: 1 };
const FINISHED: Attempt = { ...FAILED, outcome: 'finished' };

function factsOf(attempts: Attempt[]): string[] {
  const receipt: Receipt = {
    model: 'pilot:latest',
    engine: 'built-in',
    task: 'chat',
    started_at: '2026-01-01T00:00:00.000Z',
    queue_ms: 0,
    load_ms: 0,
    total_ms: 1,
    attempts,
    seams: [],
  };
  return answerFacts(receipt);
}

describe('answerFacts', () => {
  it('speaks of a second try only if there were two', () => {
    expect(factsOf([FAILED])).toEqual([]);
    expect(factsOf([FINISHED])).toEqual([]);
    expect(factsOf([FAILED, FINISHED])).toEqual(['second try']);
    expect(factsOf([FAILED, FAILED])).toEqual(['second try']);
    expect(factsOf([FAILED, FAILED, FINISHED])).toEqual(['3 tries']);
  });
});
