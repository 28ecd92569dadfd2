import { createManualClock } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { withTimeLimit } from './time-limit.ts';
import type { LimitedWork } from './time-limit.ts';

const reason = () => new Error('too long');

describe('work under a time limit', () => {
  it('is renewed by signs of life, and aborted when they end', async () => {
    const clock = createManualClock();
    let work: LimitedWork | undefined;
    const ended = withTimeLimit({ clock, limitMs: 100, reason }, (limited) => {
      work = limited;
      return new Promise((_resolve, reject) => limited.signal.addEventListener('abort', () => reject(reason())));
    }).catch(String);
    await clock.advance(90);
    work?.renew();
    await clock.advance(90);
    expect(work?.signal.aborted).toBe(false);
    await clock.advance(20);
    expect(await ended).toBe('Error: too long');
    expect(clock.pending).toBe(0);
  });

  it('is left behind when it ignores being aborted', async () => {
    const clock = createManualClock();
    const ended = withTimeLimit({ clock, limitMs: 100, reason, graceMs: 50 }, () => new Promise(() => {})).catch(String);
    await clock.advance(151);
    expect(await ended).toBe('Error: too long');
    expect(clock.pending).toBe(0);
  });

  it('counts as aborted when it succeeds in spite of that', async () => {
    const clock = createManualClock();
    const controller = new AbortController();
    const done = Promise.withResolvers<string>();
    const ended = withTimeLimit({ clock, limitMs: 100, reason, signal: controller.signal }, () => done.promise).catch(String);
    controller.abort(new Error('left'));
    done.resolve('late');
    expect(await ended).toBe('Error: left');
  });
});
