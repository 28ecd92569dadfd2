import { expect } from 'vitest';

import type { Engine } from '../engine.ts';
import type { EngineSuite } from './engine-suite.ts';
import { loadModel, neverAborted, readAnswer, readFailure, isToken, longRequest, shortRequest } from './read-answer.ts';
import { given, testAbility, testEngine } from './test-ability.ts';

async function isResident(engine: Engine, model: string): Promise<boolean> {
  return (await engine.resident()).some((entry) => entry.name === model);
}

/** load: what it resolves with, twice, for what is not there, and what aborting leaves behind. */
export function describeLoading(suite: EngineSuite): void {
  testEngine(suite, 'load resolves when the model is there, with the answers that it writes at once', async (subject) => {
    const loaded = await subject.engine.load(subject.model, { profile: subject.profile, signal: neverAborted(), onProgress: () => {} });
    expect(loaded.slots).toBeGreaterThanOrEqual(1);
    expect(loaded.contextLength ?? 1).toBeGreaterThan(0);
    if (subject.engine.reportsResidency) expect(await isResident(subject.engine, subject.model)).toBe(true);
  });

  testEngine(suite, 'load progress stays within 0 to 1 and never goes back', async (subject) => {
    const fractions: number[] = [];
    const onProgress = (progress: { readonly fraction?: number }): void => {
      if (progress.fraction !== undefined) fractions.push(progress.fraction);
    };
    await subject.engine.load(subject.model, { profile: subject.profile, signal: neverAborted(), onProgress });
    expect(fractions).toEqual(fractions.toSorted((left, right) => left - right));
    expect(fractions.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true);
    if (suite.abilities.measuresLoads === true) expect(fractions.length).toBeGreaterThan(0);
  });
  testAbility(suite.abilities.measuresLoads, 'load measures its progress', (name) => {
    testEngine(suite, name, async (subject) => {
      const { promise, resolve } = Promise.withResolvers<number>();
      const onProgress = (progress: { readonly fraction?: number }): void => {
        if (progress.fraction !== undefined) resolve(progress.fraction);
      };
      await subject.engine.load(subject.model, { profile: subject.profile, signal: neverAborted(), onProgress });
      expect(await promise).toBeGreaterThanOrEqual(0);
    });
  });

  testEngine(suite, 'loading a model that is in memory resolves again', async (subject) => {
    await loadModel(subject);
    await loadModel(subject);
    expect((await readAnswer(subject.engine, shortRequest(subject))).at(-1)?.type).toBe('finish');
  });

  testEngine(suite, 'load refuses a model that is not there', async (subject) => {
    await expect(loadModel(subject, 'no-such-model:latest')).rejects.toMatchObject({ name: 'EngineError', failure: 'absent' });
  });

  testAbility(suite.abilities.hasBrokenModel, 'load says that a file is damaged, and the other models go on', (name) => {
    testEngine(suite, name, async (subject) => {
      const broken = given(subject.brokenModel, 'brokenModel');
      await loadModel(subject);
      await expect(loadModel(subject, broken)).rejects.toMatchObject({ name: 'EngineError', failure: 'bad_file' });
      expect((await readAnswer(subject.engine, shortRequest(subject))).at(-1)?.type).toBe('finish');
    });
  });

  describeLoadAborts(suite);
  testAbility(suite.abilities.loads, 'unload', () => describeUnloading(suite));
}

function describeLoadAborts(suite: EngineSuite): void {
  for (const moment of ['before it began', 'as it began'] as const) testLoadAbort(suite, moment, toAbortTitle(moment));
  testAbility(suite.abilities.loads, toAbortTitle('while it loads'), (title) => testLoadAbort(suite, 'while it loads', title));
}

type Moment = 'before it began' | 'as it began' | 'while it loads';

const toAbortTitle = (moment: Moment): string => `a load aborted ${moment} rejects with the reason, leaves nothing, and can be repeated`;

function testLoadAbort(suite: EngineSuite, moment: Moment, title: string): void {
  testEngine(suite, title, async (subject) => {
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    if (moment === 'before it began') controller.abort(reason);
    const onProgress = (): void => {
      if (moment === 'while it loads') controller.abort(reason);
    };
    const loading = subject.engine.load(subject.model, { profile: subject.profile, signal: controller.signal, onProgress });
    if (moment === 'as it began') controller.abort(reason);
    const underWay =
      moment === 'while it loads' && suite.abilities.measuresLoads !== true ? given(subject.loading, 'loading')() : undefined;
    await Promise.all([expect(loading).rejects.toBe(reason), underWay?.then(() => controller.abort(reason))]);
    if (suite.abilities.loads === true && subject.engine.reportsResidency)
      expect(await isResident(subject.engine, subject.model)).toBe(false);
    await loadModel(subject);
    expect((await readAnswer(subject.engine, shortRequest(subject))).at(-1)?.type).toBe('finish');
  });
}

function describeUnloading(suite: EngineSuite): void {
  testEngine(suite, 'unload resolves when the model is gone; it can be loaded again', async (subject) => {
    await loadModel(subject);
    await subject.engine.unload(subject.model);
    if (subject.engine.reportsResidency) expect(await isResident(subject.engine, subject.model)).toBe(false);
    await loadModel(subject);
    expect((await readAnswer(subject.engine, shortRequest(subject))).at(-1)?.type).toBe('finish');
  });

  testEngine(suite, 'unloading a model that is not in memory resolves', async (subject) => {
    await subject.engine.unload(subject.model);
    await subject.engine.unload(subject.model);
  });

  testEngine(suite, 'unload ends the answers that run, as died', async (subject) => {
    await loadModel(subject);
    const started = Promise.withResolvers<void>();
    const reading = (async () => {
      for await (const part of subject.engine.stream(longRequest(subject), neverAborted())) if (isToken(part)) started.resolve();
    })();
    await Promise.all([
      expect(reading).rejects.toMatchObject({ name: 'EngineError', failure: 'died' }),
      started.promise.then(() => subject.engine.unload(subject.model)),
    ]);
    if (subject.engine.reportsResidency) expect(await isResident(subject.engine, subject.model)).toBe(false);
  });

  testAbility(suite.abilities.refusesUnloaded, 'a model that is not loaded is refused, not loaded', (name) => {
    testEngine(suite, name, async (subject) => {
      const { parts, error } = await readFailure(subject.engine, shortRequest(subject));
      expect(parts).toEqual([]);
      expect(error).toMatchObject({ name: 'EngineError', failure: expect.stringMatching(/^(?:absent|died)$/) });
    });
  });
}
