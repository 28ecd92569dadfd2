import { toPhaseWords } from '@pilotlight/contract';
import type { ModelView, PhasePart } from '@pilotlight/contract';

const GIGA = 1e9;
const MEGA = 1e6;

/** Bytes as people read them: 4.7 GB, 7.5 MB. */
export function toSize(bytes: number): string {
  if (bytes >= GIGA) return `${(bytes / GIGA).toFixed(1)} GB`;
  if (bytes >= 10 * MEGA) return `${Math.round(bytes / MEGA)} MB`;
  return `${(bytes / MEGA).toFixed(1)} MB`;
}

/** One line about what a generation waits for. */
export function toWaitWords(part: PhasePart): string {
  const read = part.tokens_total === undefined ? '' : `, ${part.tokens_done ?? 0} of ${part.tokens_total} tokens`;
  const eta = part.eta === undefined ? '' : `, about ${Math.ceil(part.eta.seconds)} s (${part.eta.basis})`;
  return `${part.model}: ${toPhaseWords(part)}${read}${eta}. ${part.reason}`;
}

/** The list of models as aligned columns, the default marked. */
export function toModelTable(models: readonly ModelView[]): string {
  const rows = models.map((model) => [
    model.default ? `${model.name} (default)` : model.name,
    model.engine,
    toPhaseWords(model),
    model.size_bytes === undefined ? '' : toSize(model.size_bytes),
    model.reason,
  ]);
  const all = [['MODEL', 'ENGINE', 'PHASE', 'SIZE', 'WHY'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length))) ?? [];
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** "1 conversation", "2 conversations". */
export function toCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
