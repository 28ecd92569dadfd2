import { describe, expect, test } from 'vitest';
import { findingsOf } from '../check.ts';
import { fakeRepository } from '../fake-repository.ts';
import { layers } from './layers.ts';

const manifest = (name: string, dependencies: Record<string, string> = {}, devDependencies: Record<string, string> = {}) =>
  JSON.stringify({ name, dependencies, devDependencies });

const contract = { '@pilotlight/contract': '0.1.0' };
const house = {
  'packages/gateway/package.json': manifest('@pilotlight/gateway', contract, { '@pilotlight/test-kit': '0.1.0' }),
  'packages/storage/package.json': manifest('@pilotlight/storage', contract, { '@pilotlight/chat': '0.1.0' }),
  'packages/storage/src/index.ts': "import { DatabaseSync } from 'node:sqlite';\n",
};

function findings(files: Record<string, string>): readonly string[] {
  return findingsOf(layers, fakeRepository({ 'packages/gateway/src/index.ts': 'export {};\n', ...house, ...files }));
}

test('a house in order passes', () => {
  expect(
    findings({
      'packages/gateway/src/a.ts':
        "import { PHASES } from '@pilotlight/contract';\nimport { b } from './b/b.ts';\nimport { isIP } from 'node:net';\n",
      'packages/gateway/src/a.test.ts':
        "import { test } from 'vitest';\nimport { clock } from '@pilotlight/test-kit';\nimport { suite } from '@pilotlight/contract/testing';\n",
    }),
  ).toEqual([]);
});

describe('a planted fault is found:', () => {
  test.each([
    ['a neighbour', "import { chat } from '@pilotlight/chat';", 'the layer table does not allow it'],
    ['a neighbour, as a type', "import type { Chat } from '@pilotlight/chat';", 'the layer table does not allow it'],
    ['a neighbour, re-exported', "export { chat } from '@pilotlight/chat';", 'the layer table does not allow it'],
    ['a neighbour, imported later', "const chat = await import('@pilotlight/chat');", 'the layer table does not allow it'],
    ['a neighbour, by a part of its name', "import { x } from '@pilotlight/chat/src/x.ts';", 'the layer table does not allow it'],
    ['a neighbour, by path', "import { x } from '../../chat/src/x.ts';", 'a path out of its own home'],
    ['an HTTP framework', "import fastify from 'fastify';", 'only apps/server may know it'],
    ['SQL', "import { DatabaseSync } from 'node:sqlite';", 'only packages/storage may know it'],
    ['the test kit outside tests', "import { clock } from '@pilotlight/test-kit';", 'it is for tests alone'],
    ['the conformance suites outside tests', "import { suite } from '@pilotlight/contract/testing';", 'it is for tests alone'],
    ['itself by name', "import { x } from '@pilotlight/gateway';", 'Use a relative path'],
    ['what is not declared', "import { z } from 'zod';", 'not among the dependencies of packages/gateway/package.json'],
  ])('%s', (_name, text, words) => {
    const found = findings({ 'packages/gateway/src/bad.ts': `// first line\n${text}\n` });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('packages/gateway/src/bad.ts:2');
    expect(found[0]).toContain(words);
  });
  test('storage may see the ports of chat as types alone', () => {
    expect(findings({ 'packages/storage/src/a.ts': "import { start } from '@pilotlight/chat';\n" })[0]).toContain('only its types');
  });
  test('the page knows no Node', () => {
    const found = findings({
      'apps/web/package.json': manifest('@pilotlight/web', contract),
      'apps/web/src/main.tsx': "import { join } from 'node:path';\nexport const a = <b>{join('a')}</b>;\n",
    });
    expect(found[0]).toContain('knows no Node');
  });
  test('a workspace that is allowed and not declared', () => {
    const found = findings({
      'packages/gateway/package.json': manifest('@pilotlight/gateway'),
      'packages/gateway/src/a.ts': "import { PHASES } from '@pilotlight/contract';\n",
    });
    expect(found[0]).toContain('not among the dependencies');
  });
  test('a script of the repository, but for how Node is started', () => {
    const server = { 'apps/server/package.json': manifest('@pilotlight/server') };
    const importing = (script: string): string => `export { x } from '../../../scripts/${script}';\n`;
    expect(findings({ ...server, 'apps/server/src/a.ts': importing('launch.mjs') })).toEqual([]);
    expect(findings({ ...server, 'apps/server/src/a.ts': importing('install.mjs') })[0]).toContain('a path out of its own home');
    expect(findings({ 'packages/gateway/src/a.ts': importing('launch.mjs') })[0]).toContain('a path out of its own home');
  });
  test('SQL beside the checker of crashes, which shares nothing with the storage', () => {
    const kit = { 'packages/test-kit/package.json': manifest('@pilotlight/test-kit') };
    const sql = "import { DatabaseSync } from 'node:sqlite';\n";
    expect(findings({ ...kit, 'packages/test-kit/src/crash/checker/a.ts': sql })).toEqual([]);
    expect(findings({ ...kit, 'packages/test-kit/src/crash/a.ts': sql })[0]).toContain('only packages/storage may know it');
  });
  test('a workspace that the table does not have', () => {
    expect(findings({ 'packages/extras/package.json': '{}', 'packages/extras/src/a.ts': '' })[0]).toContain('not in the layer table');
  });
  test('a workspace without a source', () => {
    expect(findings({ 'packages/chat/package.json': manifest('@pilotlight/chat') })[0]).toContain('has no source');
  });
});

test('a file that cannot be parsed is no file that passes', () => {
  expect(() => findings({ 'packages/gateway/src/a.ts': "import { from 'x'" })).toThrow('cannot be parsed');
});

test('a walk that read no file has failed', () => {
  expect(findingsOf(layers, fakeRepository({}))).toEqual(['It looked at nothing, so it says nothing.']);
});
