import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

import type { ProgramEnd } from '../graphics/read-nvidia-smi.ts';

export interface ProgramPlaces {
  /** Folders as PATH has them. */
  readonly searchPath: string;
  /** Whole paths, for programs that lie elsewhere. */
  readonly usual: readonly string[];
}

/** Where a program lies; undefined where it is not installed. */
export async function findProgram(name: string, { searchPath, usual }: ProgramPlaces): Promise<string | undefined> {
  const folders = searchPath.split(delimiter).filter((folder) => isAbsolute(folder));
  for (const path of [...folders.map((folder) => join(folder, name)), ...usual]) {
    try {
      await access(path, process.platform === 'win32' ? constants.F_OK : constants.X_OK);
      return path;
    } catch {
      // Not there, or not to be run: the next place.
    }
  }
  return undefined;
}

const MOST_OUTPUT = 256 * 1024;
/** For how long after it was killed its end is waited for: a program that waits for a driver cannot be killed. */
const KILL_GRACE_MS = 500;

/** Runs a program that answers and ends. Never rejects, and takes no longer than the limit and a moment. Its messages are in English. */
export function runProgram(file: string, args: readonly string[], limitMs: number): Promise<ProgramEnd> {
  const { promise, resolve } = Promise.withResolvers<ProgramEnd>();
  const silent = { type: 'silent', limitMs } as const;
  const lateTimer = setTimeout(() => resolve(silent), limitMs + KILL_GRACE_MS);
  lateTimer.unref();
  const child = execFile(
    file,
    [...args],
    { timeout: limitMs, killSignal: 'SIGKILL', maxBuffer: MOST_OUTPUT, windowsHide: true, env: { ...process.env, LC_ALL: 'C' } },
    (error, output, errors) => {
      clearTimeout(lateTimer);
      if (!error) return resolve({ type: 'ended', code: 0, output, errors });
      if (typeof error.code === 'number') return resolve({ type: 'ended', code: error.code, output, errors });
      if (typeof error.code === 'string') return resolve({ type: 'failed', reason: error.code });
      resolve(error.killed === true ? silent : { type: 'failed', reason: `it was ended by ${error.signal ?? 'a signal'}` });
    },
  );
  child.stdin?.end();
  child.unref();
  return promise;
}
