import { describe, expect, it } from 'vitest';

import { createLog } from './create-log.ts';
import type { LogLevel } from './log-events.ts';
import { toTerminalLine } from './terminal-line.ts';

function record(): {
  lines: { level: LogLevel; fields: Readonly<Record<string, unknown>>; words: string }[];
  log: ReturnType<typeof createLog>;
} {
  const lines: { level: LogLevel; fields: Readonly<Record<string, unknown>>; words: string }[] = [];
  return { lines, log: createLog({ isWanted: () => true, write: (level, fields, words) => void lines.push({ level, fields, words }) }) };
}

describe('a line', () => {
  it('has the name of its event, its facts, and words', () => {
    const { lines, log } = record();
    log('phase_changed', { facts: { model: 'pilot:latest', phase: 'loading', reason: 'asked for at the start', request_id: undefined } });
    expect(lines).toEqual([
      {
        level: 'info',
        fields: { event: 'phase_changed', model: 'pilot:latest', phase: 'loading', reason: 'asked for at the start' },
        words: 'pilot:latest is loading: asked for at the start',
      },
    ]);
  });

  it('cannot be forged, and cannot drive a terminal', () => {
    const { lines, log } = record();
    log('request_failed', { facts: { method: 'GET', path: '/x\n{"level":"fatal"}\u001B[2J\u202E', status: 404, code: 'not_found' } });
    expect(lines[0]?.words).toBe('GET /x\\u000a{"level":"fatal"}\\u001b[2J\\u202e got 404 not_found');
  });

  it('holds no words of a question: why a model was loaded named the title of the conversation', () => {
    const { lines, log } = record();
    log('phase_changed', { facts: { model: 'm:latest', phase: 'queued', reason: 'wanted for an answer for “My “secret” plan”' } });
    expect(lines[0]?.words).toBe('m:latest is queued: wanted for an answer for “…”');
    expect(JSON.stringify(lines)).not.toContain('secret');
    log('content', { facts: { role: 'user', text: 'My “secret” plan' } });
    expect(lines[1]?.words).toBe('user: My “secret” plan');
  });

  it('says of a failure elsewhere its reason once, and where it was thrown only to those who look for faults', () => {
    const cause = new Error('fetch failed');
    const lines: Readonly<Record<string, unknown>>[] = [];
    const logAt = (isDebug: boolean) =>
      createLog({ isWanted: (level) => isDebug || level !== 'debug', write: (_level, fields) => void lines.push(fields) });
    const facts = { model: 'm', outcome: 'failed', detail: 'no answer' };
    logAt(false)('attempt_ended', { level: 'warn', facts, cause });
    logAt(false)('attempt_ended', { level: 'warn', facts: { ...facts, detail: 'fetch failed' }, cause });
    logAt(true)('attempt_ended', { level: 'warn', facts, cause });
    logAt(false)('fault', { facts: { doing: 'x' }, cause });
    expect(lines.map(({ err, cause: reason }) => [err, reason])).toEqual([
      [undefined, 'fetch failed'],
      [undefined, undefined],
      [cause, undefined],
      [cause, undefined],
    ]);
  });

  it('tells how a load ended, with the cause of one that failed, and names an engine once', () => {
    const { lines, log } = record();
    log('load_ended', { facts: { model: 'm:latest', outcome: 'failed', detail: 'Ollama does not answer' } });
    log('load_ended', { facts: { model: 'm:latest', outcome: 'loaded', duration_ms: 1_240 } });
    log('engine_changed', { facts: { engine: 'llama.cpp', address: 'built in', reason: 'the built-in engine answers' } });
    expect(lines.map(({ words }) => words)).toEqual([
      'm:latest could not be loaded: Ollama does not answer',
      'm:latest was loaded in 1.2 s',
      'The built-in engine answers',
    ]);
  });

  it('that cannot be written harms nobody', () => {
    const log = createLog({
      isWanted: () => true,
      write: () => {
        throw new Error('the disk is full');
      },
    });
    expect(() => log('server_stopped')).not.toThrow();
  });
});

describe('on a terminal', () => {
  it('reads as a sentence, with the figures after it', () => {
    const json = JSON.stringify({
      level: 'info',
      time: '2026-01-01T10:20:30.123Z',
      event: 'load_ended',
      model: 'm',
      duration_ms: 1200,
      msg: 'Load of m loaded',
    });
    expect(toTerminalLine(json, { color: false })).toBe('10:20:30  info   Load of m loaded  model m  duration_ms 1200\n');
  });

  it('an error brings its stack', () => {
    const json = JSON.stringify({ level: 'error', time: '2026-01-01T10:20:30.123Z', msg: 'A fault', err: { stack: 'Error: x\n  at y' } });
    expect(toTerminalLine(json, { color: false })).toBe('10:20:30  error  A fault\n          Error: x\n            at y\n');
  });
});
