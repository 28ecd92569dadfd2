import type { ModelStore } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

const MOST_FIGURES = 2_000;

/** What every store behind `ModelStore` must do, whatever database it stands on. */
export function describeModelStore(current: () => ModelStore): void {
  describe('what is kept of models', () => {
    it('gives back what was learned, the newest under each key, in the order of the keys', async () => {
      const store = current();
      expect(await store.learned()).toEqual([]);
      await store.keepLearned([
        { key: '["ollama b",null]', value: '{"load_ms":[3000]}' },
        { key: '["ollama a",null]', value: 'no JSON at all: “ü”' },
      ]);
      await store.keepLearned([{ key: '["ollama b",null]', value: '{"load_ms":[3000,4000]}' }]);
      await store.keepLearned([]);
      expect(await store.learned()).toEqual([
        { key: '["ollama a",null]', value: 'no JSON at all: “ü”' },
        { key: '["ollama b",null]', value: '{"load_ms":[3000,4000]}' },
      ]);
    });

    it('forgets what was not kept anew for longest, beyond the most that it keeps', async () => {
      const store = current();
      const toFigure = (index: number) => ({ key: `k${String(index).padStart(5, '0')}`, value: '{}' });
      await store.keepLearned([toFigure(0), toFigure(1)]);
      await store.keepLearned(Array.from({ length: MOST_FIGURES - 2 }, (_, index) => toFigure(index + 2)));
      await store.keepLearned([toFigure(0)]);
      await store.keepLearned([toFigure(MOST_FIGURES)]);
      const keys = (await store.learned()).map(({ key }) => key);
      expect(keys).toHaveLength(MOST_FIGURES);
      expect(keys).toContain('k00000');
      expect(keys).not.toContain('k00001');
    });

    it('knows which models are pinned, each once, in the order of their names', async () => {
      const store = current();
      expect(await store.pins()).toEqual([]);
      for (const model of ['phi3:mini', 'mistral:latest', 'phi3:mini']) await store.setPin(model, true);
      expect(await store.pins()).toEqual(['mistral:latest', 'phi3:mini']);
      await store.setPin('mistral:latest', false);
      await store.setPin('nothing:latest', false);
      expect(await store.pins()).toEqual(['phi3:mini']);
    });
  });
}
