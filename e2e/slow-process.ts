import { readdirSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

const STILL_MS = 392;
const RUNNING_MS = 8;
/** On a busy machine it may have to wait for a core. */
const TURN_LIMIT_MS = 100;
const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

/** Lets a process run a fiftieth of the time, so that a quick model has a middle that a test can look into. Disposing it lets the process run freely. */
export function slowDown(pid: number): Disposable {
  if (!signal(pid, 'SIGSTOP')) return { [Symbol.dispose]: () => undefined };
  const timer = setInterval(() => giveTurn(pid), STILL_MS + RUNNING_MS);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      signal(pid, 'SIGCONT');
    },
  };
}

/**
 * Lets the process run for a moment, and again at once if it found no core. It is waited for on the spot: a timer that comes late on a busy machine would
 * let the process run to its end.
 */
function giveTurn(pid: number): void {
  const limit = performance.now() + TURN_LIMIT_MS;
  const wanted = workedMs(pid) + RUNNING_MS / 4;
  do {
    if (!signal(pid, 'SIGCONT')) return;
    Atomics.wait(SLEEPER, 0, 0, RUNNING_MS);
    signal(pid, 'SIGSTOP');
  } while (performance.now() < limit && workedMs(pid) < wanted);
}

/** For how long its threads have been running on a core, up to the last time they left it; where the system does not tell, the time that has passed. */
function workedMs(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const nanoseconds = threads.map((thread) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]));
    return nanoseconds.reduce((sum, own) => sum + own, 0) / 1e6;
  } catch {
    return performance.now();
  }
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
