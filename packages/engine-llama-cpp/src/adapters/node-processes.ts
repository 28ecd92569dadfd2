import { fork } from 'node:child_process';
import type { ChildProcess as NodeChild } from 'node:child_process';
import { writeFile } from 'node:fs/promises';

import type { ChildProcess, ForkOptions, ProcessExit, Processes } from '@pilotlight/contract';

/** What a child inherits: enough to find its libraries, its home and a place for temporary files, and nothing that could be a secret. */
const INHERITED = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TMP',
  'TEMP',
  'LANG',
  'LC_ALL',
  'TZ',
  'LD_LIBRARY_PATH',
  'SystemRoot',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
];
const DEFAULT_KEPT_LINES = 20;
const LONGEST_LINE = 2_000;
/** How long after a process's end its last output is waited for: a descendant may hold the pipe open. */
const OUTPUT_GRACE_MS = 250;
/** Of 1,000: when memory runs out, Linux kills such a process before others. */
const OOM_SCORE = '800';

/** Starts real processes, each the leader of a group of its own, so that it can be killed with all that it started. */
export function createNodeProcesses(): Processes {
  return { fork: forkModule };
}

function forkModule(options: ForkOptions): ChildProcess {
  const module = options.module.startsWith('file:') ? new URL(options.module) : options.module;
  const child = fork(module, options.args ?? [], {
    detached: process.platform !== 'win32',
    windowsHide: true,
    execArgv: [],
    env: { ...inheritedEnvironment(), ...options.env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'json',
  });
  if (process.platform === 'linux' && child.pid !== undefined) void preferAsVictim(child.pid);
  const errors = keepLastLines(child, options.keptErrorLines ?? DEFAULT_KEPT_LINES);
  const exited = waitForExit(child, errors);
  return {
    pid: child.pid ?? -1,
    send: (message) => send(child, message),
    onMessage(listener) {
      child.on('message', listener);
      return { [Symbol.dispose]: () => void child.off('message', listener) };
    },
    exited,
    end: (graceMs) => end(child, exited, graceMs),
  };
}

function send(child: NodeChild, message: unknown): boolean {
  if (!child.connected) return false;
  // The callback takes the error of a channel that closes while the message is on its way: the end is reported by `exited`.
  child.send(message as object, () => {});
  return true;
}

function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
}

async function preferAsVictim(pid: number): Promise<void> {
  try {
    await writeFile(`/proc/${pid}/oom_score_adj`, OOM_SCORE);
  } catch {
    // Some containers do not allow it, and the process may be gone already; then the kernel chooses as it would have.
  }
}

function keepLastLines(child: NodeChild, count: number): { readonly lines: () => readonly string[] } {
  let kept: string[] = [];
  let rest = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n');
    rest = (lines.pop() ?? '').slice(-LONGEST_LINE);
    kept = [...kept, ...lines.map((line) => line.slice(0, LONGEST_LINE))].slice(-count);
  });
  return { lines: () => [...kept, rest].filter((line) => line.trim() !== '').slice(-count) };
}

function waitForExit(child: NodeChild, errors: { readonly lines: () => readonly string[] }): Promise<ProcessExit> {
  const { promise, resolve } = Promise.withResolvers<ProcessExit>();
  const done = (code: number | null, signal: string | null): void => resolve({ code, signal, errorLines: errors.lines() });
  child.once('close', done);
  child.once('exit', (code, signal) => setTimeout(() => done(code, signal), OUTPUT_GRACE_MS).unref());
  child.on('error', (error) => {
    if (child.pid === undefined) resolve({ code: null, signal: null, errorLines: [error.message] });
  });
  return promise;
}

async function end(child: NodeChild, exited: Promise<ProcessExit>, graceMs: number): Promise<void> {
  if (isGone(child)) {
    await exited;
    return;
  }
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
  await exited;
  clearTimeout(timer);
  // The leader is gone; whatever it had started goes with it.
  signalGroup(child, 'SIGKILL');
}

function isGone(child: NodeChild): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

function signalGroup(child: NodeChild, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}
