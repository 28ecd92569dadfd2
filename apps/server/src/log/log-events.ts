/** How severe a line is; the words of `LOG_LEVEL`. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

interface LogEventSpec {
  readonly level: LogLevel;
  /** What happened, for a person at a terminal. */
  readonly words: (facts: Readonly<Record<string, unknown>>) => string;
}

function spec(level: LogLevel, words: LogEventSpec['words']): LogEventSpec {
  return { level, words };
}

/** Every line that the server writes, by its stable name. None has a place for a prompt or an answer but `content`, which only `LOG_CONTENT` lets through. */
export const LOG_EVENTS = {
  server_listening: spec('info', (f) => `Listening at ${text(f['address'])}`),
  server_started: spec('info', (f) => `Started; ${text(f['reachable'])} of ${text(f['engines'])} engines answer`),
  model_folder_missing: spec('warn', (f) => `PILOTLIGHT_MODELS names ${text(f['path'])}, which is no folder`),
  server_stopping: spec('info', (f) => `Stopping: ${text(f['reason'])}`),
  server_stopped: spec('info', () => 'Stopped'),
  storage_read_only: spec('warn', (f) => `Nothing new is stored: ${text(f['reason'])}`),
  storage_writable: spec('info', () => 'Messages are stored again'),
  generations_recovered: spec('warn', (f) => `${text(f['count'])} answers that a former process left open were closed as interrupted`),
  phase_changed: spec('info', (f) => `${text(f['model'])} is ${text(f['phase'])}: ${text(f['reason'])}`),
  load_ended: spec('info', (f) => toLoadWords(f)),
  attempt_ended: spec('info', (f) => `Answer of ${text(f['model'])} ${text(f['outcome'])}${detailOf(f)}`),
  retry_planned: spec('warn', (f) => `${text(f['model'])} is tried again in ${text(f['delay_ms'])} ms after ${text(f['code'])}`),
  fallback_taken: spec('warn', (f) => `${text(f['model'])} answers instead: ${text(f['reason'])}`),
  answer_went_on: spec('info', (f) => `${text(f['model'])} went on with an answer: ${text(f['reason'])}`),
  continuation_tried: spec(
    'info',
    (f) => `Whether ${text(f['model'])} at ${text(f['engine'])} goes on from a beginning: ${text(f['verdict'])}`,
  ),
  breaker_changed: spec(
    'info',
    (f) => `Requests to ${text(f['model'])} at ${text(f['engine'])} are ${toBreakerWords(f['to'])}: ${text(f['reason'])}`,
  ),
  wedge_tried: spec('info', (f) => `One token of ${text(f['model'])} at ${text(f['engine'])} was tried: ${text(f['reason'])}`),
  foreign_change_seen: spec('warn', (f) => `${text(f['model'])} at ${text(f['engine'])}: ${text(f['reason'])}`),
  engine_changed: spec('info', (f) => toSentence(text(f['reason']))),
  chat_note: spec('info', (f) => text(f['words'])),
  fault: spec('error', (f) => `A fault while ${text(f['doing'])}`),
  request_failed: spec('warn', (f) => `${text(f['method'])} ${text(f['path'])} got ${text(f['status'])} ${text(f['code'])}${detailOf(f)}`),
  request_broke: spec('error', (f) => `${text(f['method'])} ${text(f['path'])} failed inside the server`),
  stream_broke: spec('error', (f) => `A stream of ${text(f['path'])} failed inside the server`),
  content: spec('info', (f) => `${text(f['role'])}: ${text(f['text'])}`),
} as const satisfies Record<string, LogEventSpec>;

export type LogEventName = keyof typeof LOG_EVENTS;

export interface LogLine {
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
  /** Instead of the event's usual one. */
  readonly level?: LogLevel;
}

/** Writes one line. Never throws. */
export type WriteLog = (name: LogEventName, line?: LogLine) => void;

function toBreakerWords(state: unknown): string {
  if (state === 'open') return 'kept back';
  return state === 'half_open' ? 'let through, one to begin with' : 'let through again';
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '?');
}

function toLoadWords(f: Readonly<Record<string, unknown>>): string {
  const model = text(f['model']);
  if (f['outcome'] === 'loaded') return `${model} was loaded in ${seconds(f['duration_ms'])}`;
  return f['outcome'] === 'cancelled' ? `The load of ${model} was stopped${detailOf(f)}` : `${model} could not be loaded${detailOf(f)}`;
}

function seconds(ms: unknown): string {
  return typeof ms === 'number' ? `${(ms / 1000).toFixed(1)} s` : 'an unknown time';
}

function toSentence(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

function detailOf(facts: Readonly<Record<string, unknown>>): string {
  return facts['detail'] === undefined ? '' : `: ${text(facts['detail'])}`;
}
