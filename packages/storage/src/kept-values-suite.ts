import type { KeptValues } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

/** What every store behind `KeptValues` must do, whatever database it stands on. */
export function describeKeptValues(current: () => KeptValues): void {
  describe('small things that are kept', () => {
    it('come back as they were, by kind, in the order of their names', async () => {
      const store = current();
      expect(await store.kept('routes')).toEqual([]);
      await store.keep('routes', [
        { name: 'b', value: { chat: ['a:latest', '“ü” \u0000 %_'] } },
        { name: 'a', value: [1, null, true, ''] },
      ]);
      await store.keep('defaults', [{ name: 'a', value: 'another kind' }]);
      expect(await store.kept('routes')).toEqual([
        { name: 'a', value: [1, null, true, ''] },
        { name: 'b', value: { chat: ['a:latest', '“ü” \u0000 %_'] } },
      ]);
      expect(await store.kept('defaults')).toEqual([{ name: 'a', value: 'another kind' }]);
    });

    it('are replaced, and taken out by no value, several at once', async () => {
      const store = current();
      await store.keep('routes', [
        { name: 'a', value: 1 },
        { name: 'b', value: 2 },
      ]);
      await store.keep('routes', [
        { name: 'a', value: undefined },
        { name: 'b', value: null },
        { name: 'c', value: 3 },
        { name: 'never there', value: undefined },
      ]);
      expect(await store.kept('routes')).toEqual([
        { name: 'b', value: null },
        { name: 'c', value: 3 },
      ]);
      await store.keep('routes', []);
      expect(await store.kept('routes')).toHaveLength(2);
    });
  });
}
