import type { Cause } from '../lifecycle/state.ts';
import type { LoadPlan } from './plan-load.ts';

/** "19 GB", "1.4 GB", "300 MB": thousands, two digits below ten. */
export function toSize(bytes: number): string {
  const most = Math.max(0, bytes);
  for (const [unit, size] of [
    ['TB', 1e12],
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const) {
    if (most < size * 0.9995) continue;
    const count = most / size;
    return `${count < 9.95 ? Number(count.toFixed(1)) : Math.round(count)} ${unit}`;
  }
  return `${Math.round(most)} bytes`;
}

export function toNames(items: readonly { readonly model: string }[]): string {
  return items.map(({ model }) => model).join(', ');
}

/** Why a load is refused, with its numbers. */
export function toTooLarge(needsBytes: number, freeBytes: number, plan: Extract<LoadPlan, { type: 'never' }>): Cause {
  const { mostBytes, fixed, isWithGraphics } = plan;
  const parts = [`needs ${toSize(needsBytes)}`, `${toSize(freeBytes)} free${isWithGraphics ? ', with graphics memory' : ''}`];
  if (mostBytes - Math.max(0, freeBytes) >= 1) parts.push(`${toSize(mostBytes)} with all other models unloaded`);
  const pinned = fixed.filter(({ isPinned }) => isPinned);
  if (pinned.length > 0) parts.push(`pinned: ${toNames(pinned)}`);
  const others = fixed.filter(({ isPinned }) => !isPinned);
  if (others.length > 0) parts.push(`cannot be unloaded: ${toNames(others)}`);
  return { code: 'model_too_large', detail: parts.join('; ') };
}

/** Why a load waits, to follow the name of its model. */
export function toWaitWords({ reason, holders }: Extract<LoadPlan, { type: 'wait' }>): string {
  if (holders.length === 0) return 'waits until memory that was freed is free';
  const names = toNames(holders);
  const many = holders.length > 1;
  if (reason === 'leaving') return `is loaded when ${names} ${many ? 'have' : 'has'} left memory`;
  if (reason === 'just_loaded') return `waits for the memory of ${names}, which ${many ? 'were' : 'was'} just loaded`;
  return `waits for the memory of ${names}, which ${many ? 'are' : 'is'} in use`;
}
