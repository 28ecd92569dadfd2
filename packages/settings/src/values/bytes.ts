import { right, wrong, type Parsed } from '../setting.ts';

const UNITS = new Map([
  ['', 1],
  ['b', 1],
  ['kb', 1e3],
  ['mb', 1e6],
  ['gb', 1e9],
  ['tb', 1e12],
  ['kib', 2 ** 10],
  ['mib', 2 ** 20],
  ['gib', 2 ** 30],
  ['tib', 2 ** 40],
]);

/** Bytes of `12GB`, `1.5 GiB`, `800mb`, `4000000000`; undefined for anything else. GB counts in thousands, GiB in 1,024s. */
export function toBytes(text: string): number | undefined {
  const parts = /^(?<count>\d+(?:\.\d+)?)\s*(?<unit>[a-z]*)$/i.exec(text)?.groups;
  const unit = UNITS.get(parts?.['unit']?.toLowerCase() ?? '');
  return parts === undefined || unit === undefined ? undefined : Math.floor(Number(parts['count']) * unit);
}

/** An amount of memory that a model could fit into. */
export function parseMemory(text: string): Parsed<number> {
  const bytes = toBytes(text);
  if (bytes === undefined || bytes < 1e6 || bytes > 1e15) return wrong('an amount of at least 1MB with its unit, such as 12GB or 800MiB');
  return right(bytes);
}

/** `NAME=AMOUNT`, separated by commas; a name may hold a colon and a port. */
export function parseEngineMemory(text: string): Parsed<Readonly<Record<string, number>>> {
  const amounts: Record<string, number> = {};
  for (const part of text.split(',').map((item) => item.trim())) {
    const [, name, amount] = /^([a-z0-9][a-z0-9._@:[\]-]{0,99})\s*=\s*(\S.*)$/i.exec(part) ?? [];
    const bytes = parseMemory(amount ?? '');
    if (name === undefined || !bytes.ok) return wrong('NAME=AMOUNT, several separated by commas, such as ollama@gpu-1:11434=24GB');
    if (Object.hasOwn(amounts, name)) return wrong(`NAME=AMOUNT, each engine once; "${name}" is there twice`);
    amounts[name] = bytes.value;
  }
  return right(amounts);
}
