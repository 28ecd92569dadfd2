import { LOG_EVENTS } from './log-events.ts';
import type { LogEventName, LogLevel, LogLine, WriteLog } from './log-events.ts';

/** Where finished lines go: pino in the real server. `fields` hold no control characters. */
export interface LogSink {
  /** Whether lines of this level are wanted at all. */
  readonly isWanted: (level: LogLevel) => boolean;
  readonly write: (level: LogLevel, fields: Readonly<Record<string, unknown>>, words: string) => void;
}

const MOST_CHARACTERS = 2_000;

/** The writer of the event table. Never throws: a line that cannot be written is lost, not the request. */
export function createLog(sink: LogSink): WriteLog {
  return (name: LogEventName, line: LogLine = {}) => {
    try {
      const { level: usual, words } = LOG_EVENTS[name];
      const level = line.level ?? usual;
      if (!sink.isWanted(level)) return;
      const facts = clean(line.facts ?? {}, name === 'content' ? toPrintable : toDiscreet);
      const { words: _said, ...fields } = facts;
      const said = words(facts);
      const isFault = level === 'error' || level === 'fatal';
      const cause = isFault || sink.isWanted('debug') ? toError(line.cause) : toReason(line.cause, said);
      sink.write(level, { event: name, ...fields, ...cause }, said);
    } catch {
      // Nothing can be said where the log itself fails.
    }
  };
}

function toError(cause: unknown): { readonly err?: unknown } {
  return cause === undefined ? {} : { err: cause };
}

/** Of what is no fault of the program, where it was thrown tells nobody anything: the reason alone, unless the words have it already. */
function toReason(cause: unknown, said: string): { readonly cause?: string } {
  const reason = cause instanceof Error ? cause.message : cause;
  return typeof reason !== 'string' || said.includes(reason) ? {} : { cause: toDiscreet(reason) };
}

/** Control characters from outside could forge lines or drive a terminal: they are shown, not sent. */
function clean(facts: Readonly<Record<string, unknown>>, toText: (text: string) => string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'string' ? toText(value) : value]),
  );
}

/** Reasons name whom a model is loaded for by the conversation's title, which is made of a question's first words and stands in these marks alone. */
function toDiscreet(text: string): string {
  return toPrintable(text.replace(/“.*”/s, '“…”'));
}

export function toPrintable(text: string): string {
  const short = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  return short.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
