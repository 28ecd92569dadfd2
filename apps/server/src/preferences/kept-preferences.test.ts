import { join } from 'node:path';

import { openStorage } from '@pilotlight/storage';
import { createTemporaryFolder, systemClock } from '@pilotlight/test-kit';
import { Problem } from '@pilotlight/contract';
import type { KeptValues } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { createScriptedPreferences } from '../testing/scripted-preferences.ts';
import { createKeptPreferences, restorePreferences } from './kept-preferences.ts';

const MODELS = ['a:latest', 'b:latest'];

function createMemory(): KeptValues & { fail: boolean; readonly calls: string[] } {
  const values = new Map<string, unknown>();
  const memory = {
    fail: false,
    calls: [] as string[],
    kept: (kind: string) =>
      Promise.resolve(
        [...values].flatMap(([key, value]) => (key.startsWith(`${kind} `) ? [{ name: key.slice(kind.length + 1), value }] : [])),
      ),
    async keep(kind: string, changes: readonly { readonly name: string; readonly value: unknown }[]) {
      await Promise.resolve();
      if (memory.fail) throw new Problem('storage_unavailable', 'the disk is full');
      for (const { name, value } of changes) {
        memory.calls.push(`${kind} ${JSON.stringify(value)}`);
        if (value === undefined) values.delete(`${kind} ${name}`);
        else values.set(`${kind} ${name}`, value);
      }
    },
  };
  return memory;
}

describe('what is set at run time', () => {
  it('is there again after a restart, and gone after it was taken back', async () => {
    await using folder = await createTemporaryFolder();
    const location = { file: join(folder.path, 'pilotlight.db') };
    const restart = async (change: (kept: ReturnType<typeof createKeptPreferences>) => Promise<unknown>) => {
      await using storage = await openStorage({ location, clock: systemClock });
      const preferences = createScriptedPreferences(MODELS);
      await restorePreferences({ preferences, store: storage.kept }, () => {});
      const before = { tasks: preferences.tasks(), a: preferences.defaults('a') };
      await change(createKeptPreferences({ preferences, store: storage.kept }));
      return before;
    };
    await restart(async (kept) => {
      await kept.setTasks({ chat: ['b', 'a'], night: ['a'] });
      await kept.setDefaults('a', { options: { temperature: 0.1, stop: ['“ü”'] }, profile: { context_length: 2048 } });
    });
    const second = await restart(async (kept) => {
      await kept.setTasks(undefined);
      await kept.setDefaults('a', undefined);
    });
    expect(second).toMatchObject({
      tasks: { from: 'kept', tasks: [{ task: 'chat', models: ['b:latest', 'a:latest'] }, { task: 'night' }] },
      a: { from: 'kept', options: { temperature: 0.1, stop: ['“ü”'] }, profile: { context_length: 2048 } },
    });
    expect(await restart(() => Promise.resolve())).toMatchObject({ tasks: { from: 'none' }, a: { from: 'none' } });
  });

  it('holds only once it is stored', async () => {
    const store = createMemory();
    const preferences = createScriptedPreferences(MODELS);
    const kept = createKeptPreferences({ preferences, store });
    store.fail = true;
    await expect(kept.setTasks({ chat: ['a'] })).rejects.toMatchObject({ code: 'storage_unavailable' });
    await expect(kept.setDefaults('a', { options: {} })).rejects.toMatchObject({ code: 'storage_unavailable' });
    expect([kept.tasks().from, kept.defaults('a').from]).toEqual(['none', 'none']);
    store.fail = false;
    await kept.setTasks({ chat: ['a'] });
    expect(kept.tasks().from).toBe('kept');
  });

  it('is stored in the order in which it was asked for, and a refusal stores nothing and holds nobody up', async () => {
    const store = createMemory();
    const gate = Promise.withResolvers<void>();
    let isFirst = true;
    const slowAtFirst: KeptValues = {
      kept: (kind) => store.kept(kind),
      async keep(...change) {
        const waits = isFirst;
        isFirst = false;
        if (waits) await gate.promise;
        await store.keep(...change);
      },
    };
    const kept = createKeptPreferences({ preferences: createScriptedPreferences(MODELS), store: slowAtFirst });
    const changes = [kept.setTasks({ chat: ['a'] }), kept.setTasks({ chat: ['none'] }), kept.setTasks({ chat: ['b'] })];
    const settled = Promise.allSettled(changes);
    await new Promise((resolve) => setImmediate(resolve));
    gate.resolve();
    const all = await settled;
    expect(all.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(store.calls).toEqual(['task_routes {"chat":["a"]}', 'task_routes {"chat":["b"]}']);
    expect(kept.tasks().tasks).toMatchObject([{ models: ['b:latest'] }]);
  });

  it('that cannot be understood is left out and said, and the rest is put in place', async () => {
    const store = createMemory();
    await store.keep('task_routes', [{ name: 'table', value: { 'Not A Task': 7 } }]);
    await store.keep('model_defaults', [
      { name: 'a:latest', value: { options: { temperature: 99 } } },
      { name: 'b:latest', value: { options: { temperature: 1 } } },
    ]);
    const preferences = createScriptedPreferences(MODELS);
    const said: unknown[] = [];
    await restorePreferences({ preferences, store }, (name, line) => void said.push([name, line?.facts]));
    expect([preferences.tasks().from, preferences.defaults('a').from, preferences.defaults('b').options]).toEqual([
      'none',
      'none',
      { temperature: 1 },
    ]);
    expect(said).toEqual([
      ['fault', { doing: 'the table of routes was read' }],
      ['fault', { doing: 'what was set for a:latest was read' }],
    ]);
  });
});
