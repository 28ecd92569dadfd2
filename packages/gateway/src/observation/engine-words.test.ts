import { describe, expect, it } from 'vitest';

import { toStatusWords } from './engine-words.ts';

const ollama = { kind: 'ollama' } as const;
const away = { reachable: false, address: 'http://localhost:11434', reason: 'connection refused', durationMs: 312 };

describe('how an engine stands, in words', () => {
  it('says what was tried, for how long, and what came of it', () => {
    expect(toStatusWords(ollama, away, false)).toBe('no Ollama on localhost:11434: connection refused, tried for 0.3 s');
    expect(toStatusWords(ollama, away, true)).toBe('Ollama on localhost:11434 does not answer: connection refused, tried for 0.3 s');
    expect(toStatusWords(ollama, { reachable: true, address: 'http://box:1', version: '0.33.0', durationMs: 2 }, true)).toBe(
      'Ollama on box:1 answers, version 0.33.0',
    );
  });

  it('says it once, and a refusal that took no time as one', () => {
    const late = { ...away, reason: 'Ollama at http://localhost:11434 did not answer within 2 s.', durationMs: 2_000 };
    expect(toStatusWords(ollama, late, true)).toBe('Ollama on localhost:11434 does not answer: no answer within 2 s');
    const named = { ...away, reason: 'Ollama at http://localhost:11434 does not answer: connection refused.', durationMs: 2 };
    expect(toStatusWords(ollama, named, false)).toBe('no Ollama on localhost:11434: connection refused, at once');
  });
});
