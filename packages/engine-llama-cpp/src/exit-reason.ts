import type { EngineFailure, ProcessExit } from '@pilotlight/contract';

/** Why a model's process is gone, in words that can be shown. */
export interface Loss {
  readonly failure: EngineFailure;
  readonly reason: string;
}

const LONGEST_QUOTE = 160;
const PATH = /(?:[A-Za-z]:)?(?:[\\/][\w.@+~-]+){2,}/gu;
const OUT_OF_MEMORY = /out of memory|failed to allocate|cannot allocate memory|bad_alloc|insufficient memory/iu;

/** Turns an exit into words. `killedForMemory`: the system counted another out-of-memory kill since the process began. */
export function toLoss(exit: ProcessExit, killedForMemory: boolean): Loss {
  if (exit.signal === 'SIGKILL' && killedForMemory) {
    return { failure: 'out_of_memory', reason: 'Its process was killed by the system because memory ran out.' };
  }
  const last = toQuote(exit.errorLines);
  const said = last === undefined ? '' : ` It last said: "${last}".`;
  const failure = exit.errorLines.some((line) => OUT_OF_MEMORY.test(line)) ? 'out_of_memory' : 'died';
  if (exit.signal !== null) return { failure, reason: `Its process was ended by the signal ${exit.signal}.${said}` };
  return {
    failure,
    reason: exit.code === null ? `Its process could not be started.${said}` : `Its process ended with code ${exit.code}.${said}`,
  };
}

/** The last line that says something, without paths, control characters and the frames of a stack. */
function toQuote(lines: readonly string[]): string | undefined {
  const clean = lines.map(toPlainText).filter((line) => line !== '' && !/^at |^node:|^Node\.js v|^\^|^[{}]/u.test(line));
  const line = clean.findLast((each) => /error|fail|assert|abort/iu.test(each)) ?? clean.at(-1);
  if (line === undefined) return undefined;
  return line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE - 1)}…` : line;
}

/** A message of native code as it can be shown: no paths, no control characters, no quotes or braces that could look like something else. */
export function toPlainText(text: string): string {
  return text
    .replaceAll(PATH, '…')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/["{}]/gu, "'")
    .trim();
}

/** How many processes the kernel has killed for memory, from `memory.events` or `/proc/vmstat`; 0 if the text does not say. */
export function toOomKills(text: string): number {
  return Number(/^oom_kill (\d+)$/mu.exec(text)?.[1] ?? 0);
}
