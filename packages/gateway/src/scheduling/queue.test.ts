import type { Priority } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { enter, leave, nextOf, oldestOf, placeOf, weightOf } from './queue.ts';
import type { Queue, Waiter } from './queue.ts';

const waiter = (id: string, priority: Priority = 'interactive', sinceMs = 0): Waiter => ({
  id,
  priority,
  label: `an answer for ${id}`,
  model: 'm',
  sinceMs,
  overdueAtMs: sinceMs + 1000,
});
const line = (...waiters: readonly Waiter[]): Queue => waiters.reduce<Queue>((queue, next) => enter(queue, next, 99).queue, []);
const ids = (queue: Queue): string => queue.map(({ id }) => id).join(' ');

describe('the queue of a deployment', () => {
  it('keeps people before programs before background work, and each in order of arrival', () => {
    expect(ids(line(waiter('b1', 'background'), waiter('a1', 'api'), waiter('p1'), waiter('a2', 'api'), waiter('p2')))).toBe(
      'p1 p2 a1 a2 b1',
    );
  });

  it('sheds background work for others when it is full, and else the newcomer', () => {
    const full = line(waiter('p1'), waiter('b1', 'background'), waiter('b2', 'background'));
    const entry = enter(full, waiter('a1', 'api'), 3);
    expect([ids(entry.queue), entry.shed?.id]).toEqual(['p1 a1 b1', 'b2']);
    expect(enter(full, waiter('b3', 'background'), 3)).toEqual({ queue: full, shed: waiter('b3', 'background') });
    const people = line(waiter('p1'), waiter('p2'));
    expect(enter(people, waiter('p3'), 2).shed?.id).toBe('p3');
  });

  it('gives the turn to the first, and to the one who has waited longest once somebody is overdue', () => {
    const queue = line(waiter('p1', 'interactive', 900), waiter('a1', 'api', 10), waiter('a2', 'api', 5), waiter('b1', 'background', 0));
    expect(nextOf(queue, 999)?.id).toBe('p1');
    expect(nextOf(queue, 1005)?.id).toBe('a2');
    expect(nextOf(line(waiter('p1', 'interactive', 900), waiter('b1', 'background', 0)), 1500)?.id).toBe('p1');
    expect(nextOf([], 0)).toBeUndefined();
  });

  it('says how much waits, and since when, but for background work', () => {
    const queue = line(waiter('p1', 'interactive', 900), waiter('a1', 'api', 10), waiter('b1', 'background', 0));
    expect([weightOf(queue), oldestOf(queue)]).toEqual([3, 10]);
    expect([weightOf([]), oldestOf(line(waiter('b1', 'background')))]).toEqual([0, undefined]);
  });

  it('lets anybody leave, and says each place and who is right before it', () => {
    const queue = leave(line(waiter('p1'), waiter('p2'), waiter('p3')), 'p2');
    expect(ids(queue)).toBe('p1 p3');
    expect(placeOf(queue, 'p1')).toEqual({ position: 1, ahead: undefined });
    expect(placeOf(queue, 'p3')).toEqual({ position: 2, ahead: waiter('p1') });
    expect(placeOf(queue, 'p2')).toBeUndefined();
    expect(leave(queue, 'p2')).toBe(queue);
  });
});
