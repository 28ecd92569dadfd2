import { expect } from 'vitest';

import type { EngineSuite } from './engine-suite.ts';
import { isToken, loadModel, longRequest, neverAborted } from './read-answer.ts';
import { given, testAbility, testEngine } from './test-ability.ts';

/** subscribe, and the end of the engine. */
export function describeDisposing(suite: EngineSuite): void {
  testEngine(suite, 'a listener that left is not called again', async (subject) => {
    let calls = 0;
    const subscription = subject.engine.subscribe(() => {
      calls += 1;
    });
    subscription[Symbol.dispose]();
    subscription[Symbol.dispose]();
    await loadModel(subject);
    if (suite.abilities.loads === true) await subject.engine.unload(subject.model);
    expect(calls).toBe(0);
  });

  testAbility(suite.abilities.loads, 'unloading on request is no loss', (name) => {
    testEngine(suite, name, async (subject) => {
      const lost: string[] = [];
      using _subscription = subject.engine.subscribe((event) => {
        if (event.type === 'model-lost') lost.push(event.model);
      });
      await loadModel(subject);
      await subject.engine.unload(subject.model);
      expect(lost).toEqual([]);
    });
  });

  testEngine(suite, 'disposing twice is as disposing once', async (subject) => {
    await loadModel(subject);
    await subject.engine[Symbol.asyncDispose]();
    await subject.engine[Symbol.asyncDispose]();
  });

  testEngine(suite, 'disposing ends the answers that run', async (subject) => {
    await loadModel(subject);
    const started = Promise.withResolvers<void>();
    const reading = (async () => {
      for await (const part of subject.engine.stream(longRequest(subject), neverAborted())) if (isToken(part)) started.resolve();
    })();
    await Promise.all([
      expect(reading).rejects.toMatchObject({ name: 'EngineError' }),
      started.promise.then(() => subject.engine[Symbol.asyncDispose]()),
    ]);
  });

  testAbility(suite.abilities.ownsProcesses, 'unload and dispose end the processes', (name) => {
    testEngine(suite, name, async (subject) => {
      const processes = given(subject.processes, 'processes');
      await loadModel(subject);
      expect((await processes()).length).toBeGreaterThan(0);
      await subject.engine.unload(subject.model);
      expect(await processes()).toEqual([]);
      await loadModel(subject);
      await subject.engine[Symbol.asyncDispose]();
      expect(await processes()).toEqual([]);
    });
  });
}
