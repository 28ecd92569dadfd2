import { spawnSync } from 'node:child_process';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createTemporaryFolder } from '@pilotlight/test-kit';
import { expect, it } from 'vitest';

import { makeFolder } from './make-folder.ts';

const MODULE = new URL('make-folder.ts', import.meta.url).href;

it('makes all that is missing, for this user alone, and again does nothing', async () => {
  await using folder = await createTemporaryFolder();
  const place = join(folder.path, 'a', 'b', 'c');
  makeFolder(place);
  makeFolder(place);
  expect((await stat(place)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder.path, 'a'))).mode & 0o777).toBe(0o700);
});

it('says of a file, and of what is below one, that it is no folder', async () => {
  await using folder = await createTemporaryFolder();
  const file = join(folder.path, 'file');
  await writeFile(file, '');
  expect(() => makeFolder(file)).toThrow(expect.objectContaining({ code: 'ENOTDIR', path: file }));
  expect(() => makeFolder(join(file, 'data'))).toThrow(expect.objectContaining({ code: 'ENOTDIR' }));
});

it.runIf(process.platform === 'linux')('ends where no folder can be made, which span for ever', () => {
  const script = `const { makeFolder } = await import(${JSON.stringify(MODULE)});
    try { makeFolder('/proc/nope/data'); } catch (error) { process.stdout.write(error.code); }`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 20_000, encoding: 'utf8' });
  expect(stdout).toBe('ENOENT');
});
