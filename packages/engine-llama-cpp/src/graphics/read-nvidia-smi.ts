import type { GpuMemory, GpuReading } from '@pilotlight/contract';

import type { MemoryFigures } from '../machine-limits.ts';

/** How a program ended that was asked something. */
export type ProgramEnd =
  | { readonly type: 'ended'; readonly code: number; readonly output: string; readonly errors: string }
  | { readonly type: 'silent'; readonly limitMs: number }
  | { readonly type: 'failed'; readonly reason: string };

/** What `nvidia-smi` is asked. Drivers before 2020 do not know of cards in parts: they are asked again without that. */
export const NVIDIA_QUESTION = toQuestion('name,memory.total,memory.free,mig.mode.current');
export const NVIDIA_QUESTION_WITHOUT_PARTS = toQuestion('name,memory.total,memory.free');

const MEBIBYTE = 2 ** 20;
/** Systems whose graphics take of the machine's memory: they name no memory of their own, or a part of what they may have. */
const UNIFIED = /\b(GB10|N1X?|Thor|Orin|Xavier|Tegra)\b/;
const LONGEST_REASON = 160;

function toQuestion(fields: string): readonly string[] {
  return [`--query-gpu=${fields}`, '--format=csv,noheader,nounits'];
}

/** Whether the driver is too old for the whole question. */
export function isUnknownField(end: ProgramEnd): boolean {
  return end.type === 'ended' && end.code !== 0 && /not a valid field/i.test(`${end.output}${end.errors}`);
}

/** What `nvidia-smi` said of its cards. `host`: the machine's memory, which systems with unified memory have for both. */
export function toNvidiaReading(end: ProgramEnd, host: MemoryFigures): GpuReading {
  if (end.type === 'silent') return unknown(`nvidia-smi gave no answer within ${end.limitMs / 1000} s`);
  if (end.type === 'failed') return unknown(`nvidia-smi could not be asked: ${end.reason}`);
  const lines = end.output.split(/\r?\n/u).filter((line) => line.trim() !== '');
  if (lines.some((line) => /^no devices were found/i.test(line))) return { gpus: [] };
  const rows = lines.map((line) => toRow(line, host));
  const gpus = rows.flatMap((row) => ('gpu' in row ? [row.gpu] : []));
  const reasons = [...new Set(rows.flatMap((row) => ('reason' in row ? [row.reason] : [])))];
  if (end.code !== 0 && reasons.length === 0) reasons.push(`nvidia-smi failed: ${toPlain(end.errors) || `it ended with ${end.code}`}`);
  return reasons.length === 0 ? { gpus } : { gpus, unknown: reasons.join('; ') };
}

type Row = { readonly gpu: GpuMemory } | { readonly reason: string };

/** "NVIDIA GeForce RTX 4090, 24564, 22510, [N/A]": figures in MiB. */
function toRow(line: string, host: MemoryFigures): Row {
  const fields = line.split(',').map((field) => field.trim());
  const [name = '', total = '', free = '', parts = ''] = fields;
  if (fields.length < 3 || name === '') return { reason: `nvidia-smi said: ${toPlain(line)}` };
  if (UNIFIED.test(name)) return { gpu: { name, ...host, isUnified: true } };
  if (/^enabled$/i.test(parts))
    return { reason: `${name} is divided into parts (MIG), and which of them an engine may use cannot be told` };
  const [totalBytes, freeBytes] = [toBytes(total), toBytes(free)];
  if (totalBytes !== undefined && freeBytes !== undefined && totalBytes > 0)
    return { gpu: { name, totalBytes, freeBytes, isUnified: false } };
  const said = [total, free].find((field) => toBytes(field) === undefined) ?? total;
  if (/insufficient permissions/i.test(said)) return { reason: `the memory of ${name} may not be read from here` };
  return { reason: `${name} does not tell its memory (${toPlain(said)})` };
}

function toBytes(mebibytes: string): number | undefined {
  return /^\d+$/.test(mebibytes) ? Number(mebibytes) * MEBIBYTE : undefined;
}

function unknown(reason: string): GpuReading {
  return { gpus: [], unknown: reason };
}

/** The first line, without what could end a sentence or hide something. */
function toPlain(text: string): string {
  const line = text.split(/\r?\n/u).find((each) => each.trim() !== '') ?? '';
  return [...line]
    .filter((letter) => letter >= ' ' && letter !== '\u007F')
    .join('')
    .trim()
    .replace(/\.$/, '')
    .slice(0, LONGEST_REASON);
}
