import { readdirSync, readFileSync } from 'node:fs';

/** The kernel counts CPU time in ticks of this length. */
const TICK_MS = 10;

/** CPU time so far of a process, of those that it has now, and of those that it had. */
export function cpuOfTree(pid: number): number {
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    const fields = /^\d+$/.test(name) ? statOf(name) : undefined;
    if (fields === undefined) continue;
    const [parent, user, system, childUser, childSystem] = [1, 11, 12, 13, 14].map((place) => Number(fields[place])) as [
      number,
      number,
      number,
      number,
      number,
    ];
    if (parent === pid) ticks += user + system;
    if (Number(name) === pid) ticks += user + system + childUser + childSystem;
  }
  return ticks * TICK_MS;
}

/** The fields after the name of the program; undefined: it is gone. */
function statOf(pid: string): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return undefined;
  }
}
