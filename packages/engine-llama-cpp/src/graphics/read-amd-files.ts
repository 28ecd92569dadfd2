import type { GpuMemory, GpuReading } from '@pilotlight/contract';

/** What Linux shows of one graphics device under `/sys/class/drm/card…/device`, as text; undefined where there is no such file, or it cannot be read. */
export interface CardFiles {
  /** "card0". */
  readonly card: string;
  readonly vendor: string | undefined;
  readonly productName: string | undefined;
  readonly vramTotal: string | undefined;
  readonly vramUsed: string | undefined;
  /** Memory of the machine that the device may use. */
  readonly gttTotal: string | undefined;
  readonly gttUsed: string | undefined;
  /** It has one of the files that the driver gives to cards and not to processors with graphics: `board_info`, `mem_busy_percent`. */
  readonly isCard: boolean;
}

const AMD = '0x1002';

/** The memory of AMD's graphics, from its driver's files. What other makers' devices show is left out. */
export function toAmdReading(cards: readonly CardFiles[]): GpuReading {
  const rows = cards.filter(({ vendor }) => vendor?.trim().toLowerCase() === AMD).map(toRow);
  const gpus = rows.flatMap((row) => (typeof row === 'string' ? [] : [row]));
  const reasons = rows.filter((row) => typeof row === 'string');
  return reasons.length === 0 ? { gpus } : { gpus, unknown: reasons.join('; ') };
}

/**
 * A card has its own memory. A processor with graphics has two parts: one that its firmware set aside, which the machine does not count as its own, and
 * one of the machine's memory; its driver takes of the larger one.
 */
function toRow({ card, productName, vramTotal, vramUsed, gttTotal, gttUsed, isCard }: CardFiles): GpuMemory | string {
  const name = productName?.trim() || `AMD graphics (${card})`;
  const [own, shared] = [toMemory(vramTotal, vramUsed), toMemory(gttTotal, gttUsed)];
  if (!isCard && shared && shared.totalBytes > (own?.totalBytes ?? 0)) return { name, ...shared, isUnified: true };
  return own ? { name, ...own, isUnified: false } : `${name} does not tell its memory`;
}

function toMemory(total: string | undefined, used: string | undefined): Pick<GpuMemory, 'totalBytes' | 'freeBytes'> | undefined {
  const [totalBytes, usedBytes] = [toFigure(total), toFigure(used)];
  if (totalBytes === undefined || usedBytes === undefined || totalBytes === 0) return undefined;
  return { totalBytes, freeBytes: Math.max(0, totalBytes - usedBytes) };
}

function toFigure(text: string | undefined): number | undefined {
  const figure = text?.trim() ?? '';
  return /^\d+$/.test(figure) ? Number(figure) : undefined;
}
