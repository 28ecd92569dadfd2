import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { GpuReading } from '@pilotlight/contract';

import { toAmdReading } from '../graphics/read-amd-files.ts';
import type { CardFiles } from '../graphics/read-amd-files.ts';
import { toAppleGraphics } from '../graphics/read-apple-memory.ts';
import { isUnknownField, NVIDIA_QUESTION, NVIDIA_QUESTION_WITHOUT_PARTS, toNvidiaReading } from '../graphics/read-nvidia-smi.ts';
import type { MemoryFigures } from '../machine-limits.ts';
import { findProgram, runProgram } from './run-program.ts';
import type { ProgramPlaces } from './run-program.ts';

export interface GraphicsPlaces {
  readonly platform: string;
  readonly arch: string;
  /** Where Linux shows its graphics devices. */
  readonly drmFolder: string;
  readonly programs: ProgramPlaces;
  /** For a program to answer. */
  readonly limitMs: number;
}

/** Beside PATH, which services and WSL may have without it. */
const USUAL_PLACES: Readonly<Record<string, readonly string[]>> = {
  darwin: ['/usr/sbin/sysctl'],
  linux: [
    '/usr/bin/nvidia-smi',
    '/usr/lib/wsl/lib/nvidia-smi',
    '/usr/local/nvidia/bin/nvidia-smi',
    '/opt/bin/nvidia-smi',
    '/run/current-system/sw/bin/nvidia-smi',
  ],
  win32: [String.raw`C:\Windows\System32\nvidia-smi.exe`, String.raw`C:\Program Files\NVIDIA Corporation\NVSMI\nvidia-smi.exe`],
};

const HERE: GraphicsPlaces = {
  platform: process.platform,
  arch: process.arch,
  drmFolder: '/sys/class/drm',
  programs: { searchPath: process.env['PATH'] ?? '', usual: USUAL_PLACES[process.platform] ?? [] },
  limitMs: 10_000,
};

/** Reads the memory of the graphics cards of this machine. Never rejects. */
export async function readGraphics(host: MemoryFigures, elsewhere: Partial<GraphicsPlaces> = {}): Promise<GpuReading> {
  const places = { ...HERE, ...elsewhere };
  if (places.platform === 'darwin') return places.arch === 'arm64' ? readApple(host, places) : { gpus: [] };
  const [nvidia, amd] = await Promise.all([readNvidia(host, places), readAmd(places.drmFolder)]);
  const reasons = [nvidia.unknown, amd.unknown].filter((reason) => reason !== undefined);
  return { gpus: [...nvidia.gpus, ...amd.gpus], ...(reasons.length > 0 && { unknown: reasons.join('; ') }) };
}

async function readNvidia(host: MemoryFigures, { platform, programs, limitMs }: GraphicsPlaces): Promise<GpuReading> {
  const program = await findProgram(platform === 'win32' ? 'nvidia-smi.exe' : 'nvidia-smi', programs);
  if (program === undefined) return { gpus: [] };
  const end = await runProgram(program, NVIDIA_QUESTION, limitMs);
  return toNvidiaReading(isUnknownField(end) ? await runProgram(program, NVIDIA_QUESTION_WITHOUT_PARTS, limitMs) : end, host);
}

async function readAmd(drmFolder: string): Promise<GpuReading> {
  let names: readonly string[];
  try {
    names = await readdir(drmFolder);
  } catch {
    return { gpus: [] };
  }
  const cards = names.filter((name) => /^card\d+$/.test(name)).toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return toAmdReading(await Promise.all(cards.map((card) => readCard(card, join(drmFolder, card, 'device')))));
}

async function readCard(card: string, folder: string): Promise<CardFiles> {
  const text = (name: string): Promise<string | undefined> => readFile(join(folder, name), 'utf8').catch(() => undefined);
  const isThere = (name: string): Promise<boolean> =>
    stat(join(folder, name)).then(
      () => true,
      () => false,
    );
  const [vendor, productName, vramTotal, vramUsed, gttTotal, gttUsed] = await Promise.all(
    ['vendor', 'product_name', 'mem_info_vram_total', 'mem_info_vram_used', 'mem_info_gtt_total', 'mem_info_gtt_used'].map(text),
  );
  const marks = await Promise.all(['board_info', 'mem_busy_percent'].map(isThere));
  return { card, vendor, productName, vramTotal, vramUsed, gttTotal, gttUsed, isCard: marks.includes(true) };
}

async function readApple(host: MemoryFigures, { programs, limitMs }: GraphicsPlaces): Promise<GpuReading> {
  const program = await findProgram('sysctl', programs);
  const end = program === undefined ? undefined : await runProgram(program, ['iogpu.wired_limit_mb', 'machdep.cpu.brand_string'], limitMs);
  return { gpus: [toAppleGraphics(end?.type === 'ended' ? end.output : undefined, host)] };
}
