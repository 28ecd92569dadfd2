import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

const STILL_MS = 392;
const RUNNING_MS = 8;
const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

/** Lets a process run a fiftieth of the time, so that a quick model has a middle that a test can look into. Disposing it lets the process run freely. */
export function slowDown(pid: number): Disposable {
  if (!signal(pid, 'SIGSTOP')) return { [Symbol.dispose]: () => undefined };
  const timer = setInterval(() => {
    // Waited for on the spot: a timer that comes late on a busy machine would let it run to its end.
    if (signal(pid, 'SIGCONT')) Atomics.wait(SLEEPER, 0, 0, RUNNING_MS);
    signal(pid, 'SIGSTOP');
  }, STILL_MS + RUNNING_MS);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
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
