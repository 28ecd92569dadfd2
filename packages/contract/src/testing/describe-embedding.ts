import { expect } from 'vitest';

import type { EngineSuite } from './engine-suite.ts';
import { loadModel, neverAborted, readAnswer, shortRequest } from './read-answer.ts';
import { given, testAbility, testEngine } from './test-ability.ts';

const length = (vector: readonly number[]): number => Math.hypot(...vector);

/** embed and countTokens. */
export function describeEmbedding(suite: EngineSuite): void {
  testAbility(suite.abilities.embeds, 'embed gives one vector of unit length for each text, in order', (name) => {
    testEngine(suite, name, async (subject) => {
      const model = given(subject.embeddingModel, 'embeddingModel');
      await loadModel(subject, model);
      const texts = ['one', 'something else entirely', 'And a third text, about the sea.'];
      const together = await subject.engine.embed(model, texts, neverAborted());
      expect(together).toHaveLength(texts.length);
      for (const [index, text] of texts.entries()) {
        const [alone] = await subject.engine.embed(model, [text], neverAborted());
        expect(length(together[index] ?? [])).toBeCloseTo(1, 3);
        expect(similarity(together[index], alone)).toBeCloseTo(1, 3);
      }
      expect(similarity(together[0], together[2])).toBeLessThan(0.999);
      expect(await subject.engine.embed(model, [], neverAborted())).toEqual([]);
    });
  });

  testAbility(suite.abilities.embeds, 'an aborted embed rejects with the reason', (name) => {
    testEngine(suite, name, async (subject) => {
      const model = given(subject.embeddingModel, 'embeddingModel');
      await loadModel(subject, model);
      const reason = new Error('not needed');
      await expect(subject.engine.embed(model, ['one'], AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(await subject.engine.embed(model, ['one'], neverAborted())).toHaveLength(1);
    });
  });

  testEngine(suite, 'a model without embeddings refuses them as unsupported', async (subject) => {
    const { capabilities } = await subject.engine.describe(subject.model);
    await loadModel(subject);
    const embedding = subject.engine.embed(subject.model, ['one'], neverAborted());
    if (capabilities.includes('embedding')) expect(await embedding).toHaveLength(1);
    else await expect(embedding).rejects.toMatchObject({ name: 'EngineError', failure: 'unsupported' });
  });

  testAbility(suite.abilities.countsTokens, 'countTokens is what the model then reads', (name) => {
    testEngine(suite, name, async (subject) => {
      await loadModel(subject);
      const counted = await subject.engine.countTokens(subject.model, subject.shortPrompt);
      const finish = (await readAnswer(subject.engine, shortRequest(subject))).at(-1);
      expect(finish).toMatchObject({ type: 'finish', usage: { promptTokens: counted } });
      const more = await subject.engine.countTokens(subject.model, [...subject.shortPrompt, ...subject.longPrompt]);
      expect(more).toBeGreaterThan(counted ?? 0);
    });
  });

  testEngine(suite, 'countTokens is a whole number or, where it cannot count, undefined', async (subject) => {
    await loadModel(subject);
    const counted = await subject.engine.countTokens(subject.model, subject.shortPrompt);
    if (suite.abilities.countsTokens === true) expect(Number.isInteger(counted)).toBe(true);
    else expect(counted).toBeUndefined();
  });
}

function similarity(left: readonly number[] = [], right: readonly number[] = []): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}
