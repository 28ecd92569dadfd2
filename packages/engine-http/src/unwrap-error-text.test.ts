import { expect, test } from 'vitest';

import { toPlainText, unwrapErrorText } from './unwrap-error-text.ts';

test('takes off layer after layer, and keeps the innermost error with its figures', () => {
  const inner = JSON.stringify({ error: { message: 'the prompt is too long', n_ctx: 4096 } });
  expect(unwrapErrorText(JSON.stringify({ error: inner }))).toEqual({
    text: 'the prompt is too long',
    facts: { message: 'the prompt is too long', n_ctx: 4096 },
  });
});

test('gives only the beginning of a long text: a page of 80 KB in place of an error held the server for 23 s, and people got all of it', () => {
  const { text } = unwrapErrorText(`bad gateway ${'a'.repeat(1_000_000)}`);
  expect(text).toHaveLength(1_000);
  expect(text.startsWith('bad gateway aaa')).toBe(true);
  expect(unwrapErrorText(JSON.stringify({ error: 'b'.repeat(5_000) })).text).toHaveLength(1_000);
});

test('shows neither the address of a runner, nor a registry, nor a path', () => {
  expect(toPlainText('Post "http://127.0.0.1:4711/completion": EOF')).toBe('the runner: EOF');
  expect(toPlainText('pull registry.ollama.ai/library/pilot:latest first')).toBe('pull pilot:latest first');
  expect(toPlainText('open /var/lib/models/blobs/sha256-0a: no such file')).toBe("open the model's file: no such file");
});
