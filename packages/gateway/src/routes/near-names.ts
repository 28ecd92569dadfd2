const MOST = 3;
/** Of the longer name's length: what differs in more is another name. */
const NEAR_SHARE = 0.34;

/** Up to three names that the writer may have meant: the same model with another tag, or one with a slip of the pen. Nearest first. */
export function nearNames(wanted: string, names: readonly string[]): readonly string[] {
  return [...new Set(names)]
    .map((name) => ({ name, distance: nearness(wanted.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= NEAR_SHARE)
    .toSorted((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, MOST)
    .map(({ name }) => name);
}

function nearness(wanted: string, name: string): number {
  const base = baseOf(wanted);
  if (base === baseOf(name)) return 0.1;
  if (baseOf(name).startsWith(base) || base.startsWith(baseOf(name))) return 0.2;
  return editDistance(wanted, name) / Math.max(wanted.length, name.length);
}

function baseOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1).split(':')[0] ?? name;
}

/** Levenshtein: how many letters to add, drop or change. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...a].entries()) {
    const next = [index + 1];
    for (const [column, other] of [...b].entries()) {
      const change = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
