import type { FileFacts } from '@pilotlight/contract';

import { toPart, toStem } from './model-names.ts';

/** The files of one model: mostly one; the parts in order if it was split. */
export interface ModelFiles {
  readonly stem: string;
  readonly files: readonly FileFacts[];
  /** Set if parts are missing. */
  readonly defect: string | undefined;
}

/** Puts the files of one folder together to models, by name. Parts of one model count as one. */
export function groupFiles(files: readonly FileFacts[]): readonly ModelFiles[] {
  const single: ModelFiles[] = [];
  const split = new Map<string, FileFacts[]>();
  for (const file of files.filter(({ path }) => /\.gguf$/iu.test(path)).toSorted((left, right) => compare(left.path, right.path))) {
    const part = toPart(file.path);
    if (part === undefined) single.push({ stem: toStem(file.path), files: [file], defect: undefined });
    else {
      const key = `${part.stem}/${part.count}`;
      split.set(key, [...(split.get(key) ?? []), file]);
    }
  }
  return [...single, ...[...split.values()].map(toSplitModel)].toSorted((left, right) => compare(left.stem, right.stem));
}

function toSplitModel(files: readonly FileFacts[]): ModelFiles {
  const parts = files.flatMap(({ path }) => toPart(path) ?? []);
  const { stem = '', count = 0 } = parts[0] ?? {};
  const present = new Set(parts.map(({ part }) => part));
  if (count < 1) return { stem, files, defect: 'its name says that it has no parts' };
  if (count > 1_000) return { stem, files, defect: 'its name says that it has more than 1,000 parts' };
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter((part) => !present.has(part));
  if (missing.length === 0 && files.length === count) return { stem, files, defect: undefined };
  if (missing.length === 0) return { stem, files, defect: `its name says that it has ${count} parts, but there are ${files.length}` };
  return {
    stem,
    files,
    defect: `of its ${count} parts, ${missing.length === 1 ? `number ${missing[0]} is` : `${missing.length} are`} missing`,
  };
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
