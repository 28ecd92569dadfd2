import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

const STILL_MS = 392;
const RUNNING_MS = 8;

/** Lets a process run a fiftieth of the time, so that a quick model has a middle that a test can look into. Disposing it lets the process run freely. */
export function slowDown(pid: number): Disposable {
  let timer: NodeJS.Timeout | undefined;
  const turn = (isStill: boolean): void => {
    if (!signal(pid, isStill ? 'SIGCONT' : 'SIGSTOP')) return;
    timer = setTimeout(turn, isStill ? RUNNING_MS : STILL_MS, !isStill);
  };
  turn(false);
  return {
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal(pid, 'SIGCONT');
    },
  };
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false; // It has ended.
  }
}

/** The processes that this one has started. */
export function childrenOf(pid: number): number[] {
  const listed =
    process.platform === 'linux'
      ? readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      : execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  return listed
    .split(/\s+/)
    .filter((word) => word !== '')
    .map(Number);
}
