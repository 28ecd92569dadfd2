import { join } from 'node:path';

import { createTemporaryFolder } from '@pilotlight/test-kit';
import { expect, test } from 'vitest';

import type { ServedStore } from '../serve-store.ts';
import { startStorageWorker } from './start-storage-worker.ts';

async function open(): Promise<AsyncDisposable & ServedStore> {
  await using opening = new AsyncDisposableStack();
  const { path } = opening.use(await createTemporaryFolder());
  const served = await startStorageWorker({ file: join(path, 'pilotlight.db'), nowMs: 0 });
  opening.defer(() => served.close());
  const owned = opening.move();
  return { ...served, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

test('of calls that go together each gets its own result, and one that cannot be sent fails alone', async () => {
  await using served = await open();
  const results = await Promise.allSettled([
    served.call('keep', ['one', [{ name: 'a', value: 1 }]]),
    served.call('keep', ['two', [{ name: 'a', value: () => {} }]]),
    served.call('kept', ['one']),
    served.call('kept', ['two']),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(results[1]).toMatchObject({ reason: { code: 'internal_error' } });
  expect(results[2]).toMatchObject({ value: [{ name: 'a', value: 1 }] });
  expect(results[3]).toMatchObject({ value: [] });
});

test('calls that were made before it is closed are done, those after it are refused', async () => {
  await using served = await open();
  const before = served.call('keep', ['one', [{ name: 'a', value: 1 }]]);
  const read = served.call('kept', ['one']);
  const closed = served.close();
  await expect(served.call('kept', ['one'])).rejects.toMatchObject({ code: 'storage_unavailable' });
  await before;
  expect(await read).toEqual([{ name: 'a', value: 1 }]);
  await closed;
});
