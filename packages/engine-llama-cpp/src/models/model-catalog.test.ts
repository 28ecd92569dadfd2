import { expect, test } from 'vitest';

import { buildGguf, modelEntries, numberEntry, textEntry } from '../testing/gguf-bytes.ts';
import { createMemoryDisk } from '../testing/memory-disk.ts';
import { createModelCatalog } from './model-catalog.ts';

const sound = buildGguf({
  entries: [...modelEntries, numberEntry('llama.context_length', 4096), numberEntry('general.file_type', 15)],
  tensors: [{ name: 'w', dimensions: [1024n, 2048n], type: 0, offset: 0n }],
  weightBytes: 4 * 1024 * 2048,
});
const part = (index: number, extra: Parameters<typeof buildGguf>[0]['entries'] = []): Uint8Array =>
  buildGguf({ entries: [...(index === 0 ? modelEntries : []), numberEntry('split.count', 2), numberEntry('split.no', index), ...extra] });

test('a model is described out of its header', async () => {
  const models = await createModelCatalog({ disk: createMemoryDisk({ '/m/My Model.gguf': sound }), folders: ['/m'] }).scan();
  expect(models.get('my-model:latest')?.description).toEqual({
    name: 'my-model:latest',
    weightsKey: '/m/My Model.gguf',
    sizeBytes: sound.length,
    family: 'llama',
    parameterSize: '2.1M',
    quantization: 'Q4_K_M',
    trainedContextLength: 4096,
    capabilities: ['completion'],
  });
});

test('a file that cannot be used is listed with the reason', async () => {
  const disk = createMemoryDisk({ '/m/cut.gguf': sound.subarray(0, 4096), '/m/torch.gguf': new Uint8Array([0x80, 2, 0x8a, 0x0a, 0, 0]) });
  const models = await createModelCatalog({ disk, folders: ['/m'] }).scan();
  expect(models.get('cut:latest')?.description.defect).toMatch(/^The file cannot be used: it is cut off/);
  expect(models.get('torch:latest')?.description.defect).toMatch(/pickle/);
});

test('a file that is no model by itself is listed with the reason', async () => {
  const disk = createMemoryDisk({
    '/m/lora.gguf': buildGguf({ entries: [...modelEntries, textEntry('general.type', 'adapter')] }),
    '/m/eyes.gguf': buildGguf({ entries: [textEntry('general.architecture', 'clip')] }),
    '/m/mute.gguf': buildGguf({ entries: [textEntry('general.architecture', 'llama')] }),
    '/m/what.gguf': buildGguf({ entries: [] }),
  });
  const models = await createModelCatalog({ disk, folders: ['/m'] }).scan();
  expect([...models.values()].map(({ description }) => description.defect)).toEqual([
    expect.stringMatching(/image reader/),
    expect.stringMatching(/adapter/),
    expect.stringMatching(/no vocabulary/),
    expect.stringMatching(/does not name an architecture/),
  ]);
});

test('a header is read once for each state of its file', async () => {
  const disk = createMemoryDisk({ '/m/a.gguf': sound });
  const catalog = createModelCatalog({ disk, folders: ['/m'] });
  await catalog.scan();
  const reads = disk.reads.length;
  await catalog.scan();
  expect(disk.reads).toHaveLength(reads);
  disk.files.set('/m/a.gguf', { bytes: sound.subarray(0, 100), modifiedMs: 2 });
  expect((await catalog.scan()).get('a:latest')?.description.defect).toBeDefined();
});

test('a fingerprint changes with what is there, and reads nothing', async () => {
  const disk = createMemoryDisk({ '/m/a.gguf': sound });
  const catalog = createModelCatalog({ disk, folders: ['/m'] });
  const before = await catalog.fingerprint();
  expect(await catalog.fingerprint()).toBe(before);
  disk.files.set('/m/b.gguf', { bytes: sound, modifiedMs: 1 });
  expect(await catalog.fingerprint()).not.toBe(before);
  expect(disk.reads).toEqual([]);
});

test('the built-in model is always there, under its own name, and a file of that name gets another', async () => {
  const disk = createMemoryDisk({ '/m/pilot.gguf': sound, '/app/pilot.gguf': sound });
  const models = await createModelCatalog({ disk, folders: ['/m'], builtIn: { name: 'pilot:latest', path: '/app/pilot.gguf' } }).scan();
  expect([...models].map(([name, { path }]) => [name, path])).toEqual([
    ['pilot:latest', '/app/pilot.gguf'],
    ['pilot-2:latest', '/m/pilot.gguf'],
  ]);
});

test('a built-in model whose file is gone says so', async () => {
  const models = await createModelCatalog({
    disk: createMemoryDisk(),
    folders: [],
    builtIn: { name: 'pilot:latest', path: '/app/pilot.gguf' },
  }).scan();
  expect(models.get('pilot:latest')?.description.defect).toBe('The file cannot be used: its file is missing from the installation.');
});

test('parts are one model, if they agree', async () => {
  const disk = createMemoryDisk({ '/m/big-00001-of-00002.gguf': part(0), '/m/big-00002-of-00002.gguf': part(1) });
  const catalog = createModelCatalog({ disk, folders: ['/m'] });
  expect((await catalog.scan()).get('big:latest')).toMatchObject({
    path: '/m/big-00001-of-00002.gguf',
    sizeBytes: part(0).length + part(1).length,
  });
  expect((await catalog.scan()).get('big:latest')?.description.defect).toBeUndefined();
  disk.files.set('/m/big-00002-of-00002.gguf', { bytes: part(0), modifiedMs: 2 });
  expect((await catalog.scan()).get('big:latest')?.description.defect).toMatch(/wrong order/);
  disk.files.set('/m/big-00002-of-00002.gguf', { bytes: new Uint8Array(40), modifiedMs: 3 });
  expect((await catalog.scan()).get('big:latest')?.description.defect).toMatch(/part 2: it is not a GGUF file/);
});

test('a part under a name of its own is told apart from a whole model', async () => {
  const models = await createModelCatalog({ disk: createMemoryDisk({ '/m/renamed.gguf': part(0) }), folders: ['/m'] }).scan();
  expect(models.get('renamed:latest')?.description.defect).toMatch(/one of 2 parts/);
});
