import { describe, expect, it } from 'vitest';

import { readJson } from './read-json.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a body', () => {
  it('may be nested 64 deep, and brackets in strings do not count', () => {
    expect(readJson(bytes(`${'['.repeat(64)}${']'.repeat(64)}`))).toBeDefined();
    expect(readJson(bytes(JSON.stringify({ text: '[{"\\'.repeat(500) })))).toBeDefined();
    expect(() => readJson(bytes(`${'['.repeat(65)}${']'.repeat(65)}`))).toThrow('64');
  });

  it.each(['__proto__', 'constructor', 'prototype'])('must not have the key %s, however deep and however written', (key) => {
    expect(() => readJson(bytes(`{"a":[{"${key}":1}]}`))).toThrow(key);
    const escaped = [...key].map((character) => `\\u00${character.charCodeAt(0).toString(16)}`).join('');
    expect(() => readJson(bytes(`{"${escaped}":1}`))).toThrow(key);
  });

  it('that is empty is no value, and one that is no UTF-8 is refused', () => {
    expect(readJson(new Uint8Array())).toBeUndefined();
    expect(() => readJson(Uint8Array.from([0x22, 0xff, 0x22]))).toThrow('UTF-8');
  });
});
