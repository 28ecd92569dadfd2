import { describe, expect, it } from 'vitest';

import { coalesce } from './coalesce.ts';

describe('work that many wait for', () => {
  it('runs once at a time; who asks meanwhile shares the next run', async () => {
    const runs: PromiseWithResolvers<void>[] = [];
    const ask = coalesce(() => {
      const run = Promise.withResolvers<void>();
      runs.push(run);
      return run.promise;
    });
    const done: string[] = [];
    const first = ask().then(() => done.push('first'));
    const second = ask().then(() => done.push('second'));
    const third = ask().then(() => done.push('third'));
    expect(runs).toHaveLength(1);
    runs[0]?.resolve();
    await first;
    expect(done).toEqual(['first']);
    await Promise.resolve();
    expect(runs).toHaveLength(2);
    const fourth = ask().then(() => done.push('fourth'));
    runs[1]?.resolve();
    await Promise.all([second, third]);
    expect(done).toEqual(['first', 'second', 'third']);
    await Promise.resolve();
    expect(runs).toHaveLength(3);
    runs[2]?.resolve();
    await fourth;
  });

  it('fails for those who waited for the run that failed, and for nobody else', async () => {
    let count = 0;
    const ask = coalesce(async () => {
      count += 1;
      if (count === 1) throw new Error('broken');
    });
    const [first, second] = await Promise.allSettled([ask(), ask()]);
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
    await ask();
    expect(count).toBe(3);
  });
});
