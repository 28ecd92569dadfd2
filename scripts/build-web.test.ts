import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashOf } from './build-web.mjs';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pilotlight-build-'));
  mkdirSync(join(root, 'web', 'src'), { recursive: true });
  writeFileSync(join(root, 'web', 'src', 'a.ts'), 'a');
  writeFileSync(join(root, 'web', 'src', 'b.ts'), 'b');
});
afterEach(() => rmSync(root, { recursive: true }));

test('the hash stays while the sources stay, whatever is built beside them', () => {
  const before = hashOf(root, ['web']);
  mkdirSync(join(root, 'web', 'dist'));
  writeFileSync(join(root, 'web', 'dist', 'index.html'), 'built');
  expect(hashOf(root, ['web'])).toBe(before);
});

test('a change of a content, a name or the number of files changes the hash', () => {
  const first = hashOf(root, ['web']);
  writeFileSync(join(root, 'web', 'src', 'a.ts'), 'changed');
  const second = hashOf(root, ['web']);
  renameSync(join(root, 'web', 'src', 'b.ts'), join(root, 'web', 'src', 'c.ts'));
  const third = hashOf(root, ['web']);
  writeFileSync(join(root, 'web', 'src', 'd.ts'), '');
  const fourth = hashOf(root, ['web']);
  expect(new Set([first, second, third, fourth]).size).toBe(4);
});
