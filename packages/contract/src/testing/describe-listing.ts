import { expect } from 'vitest';

import type { EngineSuite } from './engine-suite.ts';
import { testEngine } from './test-ability.ts';

const CAPABILITIES = ['completion', 'tools', 'embedding', 'vision', 'thinking', 'insert'];

/** check, list, describe. */
export function describeListing(suite: EngineSuite): void {
  testEngine(suite, 'check says that it is reachable, where, and how long it took', async ({ engine }) => {
    const status = await engine.check();
    expect(status).toMatchObject({ reachable: true });
    expect(status.address).not.toBe('');
    expect(status.durationMs).toBeGreaterThanOrEqual(0);
  });

  testEngine(suite, 'list names each model once, with tag, weights and known capabilities', async ({ engine, model }) => {
    const models = await engine.list();
    const names = models.map((entry) => entry.name);
    expect(names).toContain(model);
    expect(new Set(names).size).toBe(names.length);
    for (const entry of models) {
      expect(entry.name).toMatch(/^[^\s:]+(?:\/[^\s:]+)*:[^\s:/]+$/);
      expect(entry.weightsKey).not.toBe('');
      expect(entry.sizeBytes ?? 1).toBeGreaterThan(0);
      for (const capability of entry.capabilities) expect(CAPABILITIES).toContain(capability);
    }
  });

  testEngine(suite, 'describe tells of one model what list tells of it', async ({ engine, model }) => {
    const listed = (await engine.list()).find((entry) => entry.name === model);
    expect(await engine.describe(model)).toEqual(listed);
  });

  testEngine(suite, 'describe refuses a model that is not there', async ({ engine }) => {
    await expect(engine.describe('no-such-model:latest')).rejects.toMatchObject({ name: 'EngineError', failure: 'absent' });
  });

  testEngine(suite, 'looking loads nothing', async ({ engine, model }) => {
    const before = await engine.resident();
    await engine.check();
    await engine.list();
    await engine.describe(model);
    expect(await engine.resident()).toEqual(before);
  });

  testEngine(suite, 'a question that is already aborted rejects with the reason', async ({ engine, model }) => {
    const reason = new Error('nobody wants to know');
    const signal = AbortSignal.abort(reason);
    await expect(engine.list(signal)).rejects.toBe(reason);
    await expect(engine.describe(model, signal)).rejects.toBe(reason);
    await expect(engine.resident(signal)).rejects.toBe(reason);
  });
}
