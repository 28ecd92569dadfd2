import { PROBLEMS } from '@pilotlight/contract';
import type { StorageView } from '@pilotlight/contract';

/** Why no message can be stored now; without the place of the data folder, since anybody may read it. Undefined: it can. */
export function toStorageWords(view: StorageView): string | undefined {
  if (view.state === 'writable') return undefined;
  const { title } = PROBLEMS[view.code];
  if (view.free_bytes === undefined || view.needed_bytes === undefined) return `${title}.`;
  return `${title}: ${toMegabytes(view.free_bytes)} are free, ${toMegabytes(view.needed_bytes)} are needed.`;
}

function toMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
