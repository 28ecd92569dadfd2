import { Problem } from '@pilotlight/contract';
import type { ProblemCode } from '@pilotlight/contract';
import { createManualClock } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { createBreaker } from './breaker.ts';

function setUp({ chance = 0.5 } = {}) {
  const clock = createManualClock();
  const changes: string[] = [];
  const randomness = { next: () => chance, id: () => '' };
  const breaker = createBreaker({ clock, randomness, onChange: (from, to) => void changes.push(`${from.state} → ${to.state}`) });
  const fail = (times: number, code: ProblemCode = 'engine_error', id = 'r'): void => {
    for (let index = 0; index < times; index += 1) breaker.failed(new Problem(code, 'it said no'), id);
  };
  return { clock, breaker, changes, fail };
}

describe('a breaker', () => {
  it('opens after 5 failures in a row, for 60 s, and says so with the number', () => {
    const { breaker, fail, clock } = setUp();
    fail(4);
    expect(breaker.admits('a')).toBe(true);
    expect(breaker.view).toMatchObject({ state: 'closed', failures: 4, reason: '4 answers in a row failed, the last one: it said no' });
    fail(1);
    expect(breaker.admits('a')).toBe(false);
    expect(breaker.isHeld).toBe(true);
    expect(breaker.view).toMatchObject({
      state: 'open',
      failures: 5,
      reason: '5 answers in a row failed, the last one: it said no',
      retry_at: new Date(clock.now() + 60_000).toISOString(),
    });
  });

  it('begins to count anew with every answer', () => {
    const { breaker, fail } = setUp();
    fail(4);
    breaker.answered();
    expect(breaker.view).toBeUndefined();
    fail(4);
    expect(breaker.admits('a')).toBe(true);
  });

  it('opens when half of ten answers within a minute fail, and not for those of an hour', async () => {
    const { breaker, fail } = setUp();
    for (let index = 0; index < 5; index += 1) {
      breaker.answered();
      fail(1);
    }
    // The first answer ever is no news, so ten outcomes are there after the eleventh.
    breaker.answered();
    fail(1);
    expect(breaker.view?.reason).toBe('6 of the last 11 answers failed, the last one: it said no');
    const slow = setUp();
    for (let index = 0; index < 12; index += 1) {
      slow.breaker.answered();
      slow.fail(1);
      await slow.clock.advance(20_000);
    }
    expect(slow.breaker.admits('a')).toBe(true);
  });

  it.each([
    'queue_full',
    'model_too_large',
    'model_out_of_memory',
    'invalid_request',
    'context_too_long',
    'not_supported',
    'model_load_failed',
    'load_stalled',
    'model_not_found',
    'continue_not_supported',
  ] satisfies ProblemCode[])('does not count %s', (code) => {
    const { breaker, fail } = setUp();
    fail(20, code);
    expect(breaker.view).toBeUndefined();
    expect(breaker.admits('a')).toBe(true);
  });

  it.each([
    'engine_unreachable',
    'engine_died',
    'answer_cut',
    'answer_stalled',
    'first_token_timeout',
    'engine_protocol',
  ] satisfies ProblemCode[])('counts %s', (code) => {
    const { breaker, fail } = setUp();
    fail(5, code);
    expect(breaker.admits('a')).toBe(false);
  });

  it('lets one request through after its time, and closes with the first token of that', async () => {
    const { breaker, fail, clock, changes } = setUp();
    fail(5);
    await clock.advance(59_999);
    expect(breaker.admits('a')).toBe(false);
    await clock.advance(1);
    expect(breaker.isHeld).toBe(false);
    expect(breaker.admits('a')).toBe(true);
    expect(breaker.admits('b')).toBe(false);
    expect(breaker.admits('a')).toBe(true);
    expect(breaker.view).toMatchObject({ state: 'half_open' });
    breaker.answered();
    expect(breaker.admits('b')).toBe(true);
    expect(changes).toEqual(['closed → open', 'open → half_open', 'half_open → closed']);
  });

  it('stays open twice as long each time, up to 10 min', async () => {
    const { breaker, fail, clock } = setUp();
    fail(5);
    for (const seconds of [60, 120, 240, 480, 600, 600]) {
      await clock.advance(seconds * 1000 - 1);
      expect(breaker.admits('a'), `${seconds}`).toBe(false);
      await clock.advance(1);
      expect(breaker.admits('a'), `${seconds}`).toBe(true);
      fail(1, 'engine_error', 'a');
    }
  });

  it('is not kept open by others than the one that was let through, nor held by one whose client left', async () => {
    const { breaker, fail, clock } = setUp();
    fail(5);
    await clock.advance(60_000);
    expect(breaker.admits('a')).toBe(true);
    fail(3, 'answer_cut', 'late');
    expect(breaker.view?.state).toBe('half_open');
    breaker.ended('b');
    expect(breaker.admits('b')).toBe(false);
    breaker.ended('a');
    expect(breaker.admits('b')).toBe(true);
    // A wrong request shows nothing either.
    fail(1, 'invalid_request', 'b');
    expect(breaker.admits('c')).toBe(true);
  });

  it('is open a fifth shorter or longer, at random', async () => {
    for (const [chance, seconds] of [
      [0, 48],
      [1, 72],
    ] as const) {
      const { breaker, fail, clock } = setUp({ chance });
      fail(5);
      await clock.advance(seconds * 1000 - 1);
      expect(breaker.admits('a')).toBe(false);
      await clock.advance(1);
      expect(breaker.admits('a')).toBe(true);
    }
  });

  it('opens at once for a model that gives nothing at all', () => {
    const { breaker } = setUp();
    breaker.wedged('it gave no token within 15 s');
    expect(breaker.view).toMatchObject({ state: 'open', reason: 'it gave no token within 15 s' });
  });
});
