import { basename } from 'node:path';

const LONGEST = 180;
const PART = /^(?<stem>.+)-(?<part>\d{5})-of-(?<count>\d{5})$/;

export interface PartOfModel {
  readonly stem: string;
  /** From 1. */
  readonly part: number;
  readonly count: number;
}

/** What a file's name says of its place in a model of several files (`name-00001-of-00003.gguf`), as llama.cpp names them. Undefined: it stands alone. */
export function toPart(path: string): PartOfModel | undefined {
  const groups = PART.exec(toStem(path))?.groups;
  if (groups === undefined) return undefined;
  const { stem = '', part = '', count = '' } = groups;
  return { stem, part: Number(part), count: Number(count) };
}

/** The file's name without folder and ending. */
export function toStem(path: string): string {
  return basename(path).replace(/\.gguf$/iu, '');
}

/** A model name without tag for a file's stem: lower case, and only what Ollama's grammar allows. */
export function toModelName(stem: string): string {
  const name = stem
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/gu, '-')
    .replaceAll(/\.{2,}/gu, '.')
    .replaceAll(/-{2,}/gu, '-')
    .slice(0, LONGEST)
    .replaceAll(/^[._-]+|[._-]+$/gu, '');
  return name === '' ? 'model' : name;
}

/**
 * Gives each stem a name of its own, in the order given: the first keeps the plain one, others get `-2`, `-3` and so on. `taken` are names that
 * no file may have. The same list always gives the same names.
 */
export function toUniqueNames(stems: readonly string[], taken: readonly string[]): readonly string[] {
  const used = new Set(taken);
  return stems.map((stem) => {
    const plain = toModelName(stem);
    let name = `${plain}:latest`;
    for (let copy = 2; used.has(name); copy += 1) name = `${plain}-${copy}:latest`;
    used.add(name);
    return name;
  });
}
