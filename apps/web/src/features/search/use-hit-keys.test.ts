import { describe, expect, it } from 'vitest';

import { nextPlace } from './use-hit-keys.ts';

describe('nextPlace', () => {
  it('goes from the field through the rows and back, and stops at the end', () => {
    expect([-1, 0, 1, 2].map((at) => nextPlace('ArrowDown', at, 3))).toEqual([0, 1, 2, undefined]);
    expect([2, 1, 0, -1].map((at) => nextPlace('ArrowUp', at, 3))).toEqual([1, 0, -1, undefined]);
    expect(nextPlace('ArrowDown', -1, 0)).toBeUndefined();
  });

  it('leaves Home and End to the field while one types', () => {
    expect([nextPlace('Home', 2, 3), nextPlace('End', 0, 3)]).toEqual([0, 2]);
    expect([nextPlace('Home', -1, 3), nextPlace('End', -1, 3)]).toEqual([undefined, undefined]);
  });
});
