import { pino } from 'pino';

import type { LogSink } from '../create-log.ts';
import { toTerminalLine } from '../terminal-line.ts';

export interface PinoSinkOptions {
  readonly level: string;
  /** Lines for people instead of JSON. */
  readonly isTerminal: boolean;
}

export interface FlushedSink extends LogSink {
  /** Writes what is still in memory; for the end of the process. */
  flush(): void;
}

const FLUSH_AT_BYTES = 4_096;
const FLUSH_AFTER_MS = 100;

/** Lines on standard error, so that standard output is free for what the program says. JSON lines are written in the background, at the latest after 100 ms. */
export function createPinoSink({ level, isTerminal }: PinoSinkOptions): FlushedSink {
  const destination = pino.destination({ dest: 2, sync: isTerminal, minLength: isTerminal ? 0 : FLUSH_AT_BYTES });
  // A reader of the log that has gone must not end the server.
  destination.on('error', () => {});
  const color = isTerminal && process.env['NO_COLOR'] === undefined;
  const out = isTerminal ? { write: (line: string) => void destination.write(toTerminalLine(line, { color })) } : destination;
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    out,
  );
  let timer: NodeJS.Timeout | undefined;
  let isAsked = false;

  // The timer of the destination itself would write nothing ten times a second, for as long as nobody asks anything.
  function flushSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      isAsked = true;
      destination.flush();
    }, FLUSH_AFTER_MS).unref();
  }
  // What came while a piece was being written is still there after it.
  destination.on('drain', () => {
    if (isAsked) destination.flush();
    isAsked = false;
  });

  return {
    isWanted: (lineLevel) => logger.isLevelEnabled(lineLevel),
    write(lineLevel, fields, words) {
      logger[lineLevel](fields, words);
      if (!isTerminal) flushSoon();
    },
    flush() {
      try {
        destination.flushSync();
      } catch {
        // Standard error is closed: there is nobody to write for.
      }
    },
  };
}
