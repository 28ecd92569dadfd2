import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createTemporaryFolder } from '@pilotlight/test-kit';
import { expect, it } from 'vitest';

import { StorageFault } from '../storage-fault.ts';
import { lockFolder } from './lock-folder.ts';

const MODULE = new URL('lock-folder.ts', import.meta.url).href;

/** A process that takes the folder, says how that went, and stays. */
async function startHolder(folder: string): Promise<{ readonly child: ChildProcess; readonly said: string }> {
  const script = `
    const { lockFolder } = await import(${JSON.stringify(MODULE)});
    try { globalThis.lock = lockFolder(${JSON.stringify(folder)}); process.stdout.write('held'); }
    catch (error) { process.stdout.write(error.code + ': ' + error.message); }
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [words] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: words.toString() };
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

function faultOf(body: () => unknown): StorageFault {
  try {
    body();
  } catch (error) {
    return error as StorageFault;
  }
  throw new Error('it should have failed');
}

it('has one holder among several processes, which the others name, and goes with it when it is killed', async () => {
  await using folder = await createTemporaryFolder();
  const holders = await Promise.all([startHolder(folder.path), startHolder(folder.path), startHolder(folder.path)]);
  try {
    const held = holders.filter(({ said }) => said === 'held');
    expect(held).toHaveLength(1);
    const fault = faultOf(() => lockFolder(folder.path));
    expect(fault).toBeInstanceOf(StorageFault);
    expect(fault.code).toBe('data_folder_in_use');
    expect(fault.message).toBe(`Another Pilotlight (pid ${held[0]?.child.pid}) uses this data folder.`);
    for (const { said } of holders.filter((holder) => !held.includes(holder)))
      expect(said).toMatch(/^data_folder_in_use: Another Pilotlight/);
  } finally {
    for (const { child } of holders) await kill(child);
  }
  using _lock = lockFolder(folder.path);
  const late = await startHolder(folder.path);
  expect(late.said).toBe(`data_folder_in_use: Another Pilotlight (pid ${process.pid}) uses this data folder.`);
  await kill(late.child);
});

it('is held once within a process, and given back', async () => {
  await using folder = await createTemporaryFolder();
  const place = join(folder.path, 'a', 'data');
  {
    using _lock = lockFolder(place);
    expect(faultOf(() => lockFolder(place)).message).toBe('Another Pilotlight uses this data folder.');
    expect((await stat(place)).mode & 0o777).toBe(0o700);
    expect((await stat(join(place, 'pilotlight.lock'))).mode & 0o777).toBe(0o600);
    expect(await readdir(place)).toEqual(['pilotlight.lock']);
  }
  lockFolder(place)[Symbol.dispose]();
});

it('says what to do about a lock file that is damaged', async () => {
  await using folder = await createTemporaryFolder();
  await writeFile(join(folder.path, 'pilotlight.lock'), 'This is a letter, not a database. '.repeat(100));
  expect(faultOf(() => lockFolder(folder.path)).message).toMatch(/pilotlight\.lock is damaged\. Delete it/);
});
