import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { GpuReading } from '@pilotlight/contract';
import { createTemporaryFolder } from '@pilotlight/test-kit';
import { expect, it } from 'vitest';

import { readGraphics } from './node-graphics.ts';
import type { GraphicsPlaces } from './node-graphics.ts';

const HOST = { totalBytes: 64e9, freeBytes: 50e9 };

interface Stage {
  /** What a program of that name does, as a shell script. */
  readonly programs?: Readonly<Record<string, string>>;
  readonly cards?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly places?: Partial<GraphicsPlaces>;
}

/** Reads on a machine that is laid out in a folder. */
async function readOn({ programs = {}, cards = {}, places }: Stage): Promise<GpuReading> {
  await using folder = await createTemporaryFolder();
  const [bin, drmFolder] = [join(folder.path, 'bin'), join(folder.path, 'drm')];
  await Promise.all([mkdir(bin), mkdir(drmFolder)]);
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(bin, name), 0o755);
  }
  for (const [card, files] of Object.entries(cards)) {
    await mkdir(join(drmFolder, card, 'device'), { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(drmFolder, card, 'device', name), text);
  }
  return await readGraphics(HOST, {
    platform: 'linux',
    arch: 'x64',
    drmFolder,
    programs: { searchPath: `relative:${folder.path}/nowhere:${bin}`, usual: [] },
    ...places,
  });
}

const AMD_CARD = { vendor: '0x1002\n', mem_info_vram_total: '8000\n', mem_info_vram_used: '3000\n', board_info: 'type : cem\n' };

it('finds nothing, and no reason for it, on a machine without graphics', async () => {
  expect(await readOn({})).toEqual({ gpus: [] });
  expect(await readOn({ places: { drmFolder: '/nowhere/drm' } })).toEqual({ gpus: [] });
});

it('asks the nvidia-smi on PATH, and reads what Linux shows of AMD’s cards, several of each', async () => {
  // It answers only to the very question, so that a wrong one is seen.
  const smi = `[ "$*" = '--query-gpu=name,memory.total,memory.free,mig.mode.current --format=csv,noheader,nounits' ] || exit 2
echo 'NVIDIA GeForce RTX 3060, 12288, 12000, [N/A]'
echo 'NVIDIA GeForce RTX 3060, 12288, 4000, [N/A]'`;
  const cards = { card1: AMD_CARD, card10: { ...AMD_CARD, vendor: '0x10de' }, 'card1-DP-1': AMD_CARD, renderD128: AMD_CARD };
  const { gpus, unknown } = await readOn({ programs: { 'nvidia-smi': smi }, cards });
  expect(gpus.map(({ name, freeBytes }) => [name, freeBytes])).toEqual([
    ['NVIDIA GeForce RTX 3060', 12_000 * 2 ** 20],
    ['NVIDIA GeForce RTX 3060', 4_000 * 2 ** 20],
    ['AMD graphics (card1)', 5_000],
  ]);
  expect(unknown).toBeUndefined();
});

it('asks a driver that does not know of cards in parts again without that', async () => {
  const smi = `case "$*" in *mig.mode*) echo 'Field "mig.mode.current" is not a valid field to query.'; exit 2;; esac
echo 'Quadro K620, 2048, 1900'`;
  expect((await readOn({ programs: { 'nvidia-smi': smi } })).gpus.map(({ name }) => name)).toEqual(['Quadro K620']);
});

it('takes one of its usual places where PATH has none', async () => {
  await using folder = await createTemporaryFolder();
  const program = join(folder.path, 'smi');
  await writeFile(program, "#!/bin/sh\necho 'NVIDIA L4, 23034, 22000, [N/A]'\n");
  await chmod(program, 0o755);
  const { gpus } = await readOn({ places: { programs: { searchPath: '', usual: ['/nowhere/nvidia-smi', program] } } });
  expect(gpus.map(({ name }) => name)).toEqual(['NVIDIA L4']);
});

it('gives up a program that does not answer, and says so beside what the other cards told', async () => {
  const reading = await readOn({ programs: { 'nvidia-smi': 'exec sleep 600' }, cards: { card0: AMD_CARD }, places: { limitMs: 100 } });
  expect(reading.gpus).toHaveLength(1);
  expect(reading.unknown).toBe('nvidia-smi gave no answer within 0.1 s');
});

it('says why a driver that is broken tells nothing', async () => {
  const smi = "echo 'Failed to initialize NVML: Driver/library version mismatch'; exit 18";
  expect(await readOn({ programs: { 'nvidia-smi': smi } })).toEqual({
    gpus: [],
    unknown: 'nvidia-smi said: Failed to initialize NVML: Driver/library version mismatch',
  });
  expect(await readOn({ programs: { 'nvidia-smi': 'kill -SEGV $$' } })).toEqual({
    gpus: [],
    unknown: 'nvidia-smi could not be asked: it was ended by SIGSEGV',
  });
});

it('asks the system of a machine with Apple silicon for its limit, and no other', async () => {
  const sysctl = `[ "$*" = 'iogpu.wired_limit_mb machdep.cpu.brand_string' ] || exit 1
echo 'iogpu.wired_limit_mb: 40000'; echo 'machdep.cpu.brand_string: Apple M4 Pro'`;
  const programs = { sysctl, 'nvidia-smi': 'echo wrong' };
  expect((await readOn({ programs, places: { platform: 'darwin', arch: 'arm64' } })).gpus).toEqual([
    { name: 'Apple M4 Pro', totalBytes: 40_000 * 2 ** 20, freeBytes: 40_000 * 2 ** 20, isUnified: true },
  ]);
  expect(await readOn({ programs, places: { platform: 'darwin', arch: 'x64' } })).toEqual({ gpus: [] });
});
