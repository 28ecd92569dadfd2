import { describe, expect, test } from 'vitest';
import { findingsOf, type Check } from '../check.ts';
import { CHECKS } from '../checks.ts';
import { fakeRepository } from '../fake-repository.ts';

function checkNamed(name: string): Check {
  const check = CHECKS.find((candidate) => candidate.name === name);
  if (check === undefined) throw new Error(`no check is named ${name}`);
  return check;
}

function findings(name: string, files: Record<string, string>): readonly string[] {
  return findingsOf(checkNamed(name), fakeRepository(files));
}

const lock = (packages: object) => JSON.stringify({ packages });
const manifest = (dependencies: object) => JSON.stringify({ dependencies });
const npmrc = { '.npmrc': 'ignore-scripts=true\n' };
const hash = 'sha512-abc';
/** In pieces, so that this file is not found itself. */
const unfinished = ['TO', 'DO'].join('');
const silenced = ['ig', 'nore'].join('');

/** What each check must let pass: otherwise it would be no check but a wall. */
describe('in order:', () => {
  test.each<[check: string, files: Record<string, string>]>([
    [
      'syntax',
      {
        'packages/a/src/a.ts':
          "export { b } from './b.ts';\nexport class Stop extends Error {}\nexport const at = (now: number) => new Date(now);\nexport type Date2 = Date;\n",
        'packages/a/src/adapters/clock.ts': "const now = new Date();\nconst fs = await import('node:fs');\nexport { now, fs };\n",
        'packages/a/src/a.test.ts': 'const now = new Date();\n',
      },
    ],
    [
      'names',
      {
        'packages/a/package.json': '{"exports":{".":"./src/index.ts","./testing":"./src/testing/index.ts"}}',
        'packages/a/src/index.ts': '',
        'packages/a/src/testing/index.ts': '',
        'packages/a/src/one-thing.test.ts': '',
      },
    ],
    ['sizes', { 'a.css': `/*${'\n'.repeat(400)}*/\n${'a {}\n'.repeat(300)}`, 'a.sh': '# words\n'.repeat(400) }],
    ['tracked files', { 'packages/a/src/a.ts': '', 'docs/dist-and-node_modules.md': '' }],
    ['leftovers', { 'a.ts': '// what was done\n', 'a.md': '| a | b |\n|---|---|\n' }],
    [
      'tests',
      {
        'a.test.ts':
          "test('a', () => { expect(1).toBe(1); });\ntest.skipIf(true)('needs a file', () => {});\ntest.each([1])('%d', () => {});\n",
      },
    ],
    [
      'links',
      {
        'README.md':
          '[a](docs/a.md#two-words) [b](docs) [c](https://example.com/x#y) [d](#top) `[e](nowhere.md)` ![f](f.png)\n\n# Top\n\n```\n[g](nowhere.md)\n```\n',
        'docs/a.md': '# One\n\n## Two `words`\n\n[up](../README.md)\n',
        'f.png': '',
      },
    ],
    [
      'mentions',
      {
        'package.json': '{"scripts":{"start":"x","bench:log":"y"}}',
        'README.md':
          '`npm start`, `npm run bench:log -- 1`, `packages/a/src`, `packages/engine-*`, `docs/a.md`\n\n```sh\nnpm install\nnpm start\n```\n',
        'docs/a.md': '`packages/a/src/a.ts`',
        'packages/a/src/a.ts': '',
        'docs/decisions/README.md': '| [0001](0001-a.md) | A |\n',
        'docs/decisions/0001-a.md': '# 0001: A\n',
      },
    ],
    ['manifests', { ...npmrc, 'package.json': manifest({ zod: '4.6.7' }), 'packages/a/package.json': manifest({ zod: '4.6.7' }) }],
    [
      'lock file',
      {
        'package-lock.json': lock({
          'node_modules/zod': { version: '1.0.0', integrity: hash, resolved: 'https://registry.npmjs.org/zod.tgz' },
          'node_modules/ours': { link: true },
        }),
      },
    ],
    [
      'licences',
      {
        'package-lock.json': lock({
          'node_modules/a': { license: 'MIT' },
          'node_modules/b': { license: '(GPL-3.0 OR Apache-2.0)' },
          'node_modules/c': { license: 'MIT AND ISC' },
        }),
      },
    ],
  ])('%s', (check, files) => {
    expect(findings(check, files)).toEqual([]);
  });
});

describe('planted:', () => {
  test.each<[check: string, fault: string, files: Record<string, string>, words: string]>([
    ['syntax', 'export of everything', { 'a.ts': "\nexport * from './b.ts';\n" }, 'a.ts:2 exports everything'],
    ['syntax', 'an enum', { 'a.ts': 'enum Colour { Red }\n' }, 'declares an enum'],
    ['syntax', 'a class hierarchy', { 'a.ts': 'class Cat extends Animal {}\n' }, 'extends Animal'],
    ['syntax', 'a mixin', { 'a.ts': 'const Cat = class extends mixin(Animal) {};\n' }, 'extends something'],
    ['syntax', 'the real time', { 'packages/a/src/a.ts': 'const now = new Date();\n' }, 'reads the real time'],
    ['syntax', 'the real time as text', { 'packages/a/src/a.ts': 'const now = Date();\n' }, 'reads the real time'],
    [
      'syntax',
      'a way around the seams',
      { 'packages/a/src/a.ts': "const fs = await import('node:fs/promises');\n" },
      'imports node:fs/promises on the way',
    ],
    ['names', 'a drawer', { 'packages/a/src/utils/a.ts': '' }, 'a folder called "utils"'],
    ['names', 'a name in capitals', { 'packages/a/src/ModelPicker.tsx': '' }, 'must be in kebab-case'],
    [
      'names',
      'an index in the middle',
      { 'packages/a/package.json': '{"exports":"./src/index.ts"}', 'packages/a/src/b/index.ts': '' },
      'an index that no "exports" points at',
    ],
    ['sizes', 'a long style sheet', { 'a.css': 'a {}\n'.repeat(301) }, 'has 301 lines'],
    [
      'tracked files',
      'installed packages',
      { 'tools/a/node_modules/b/index.js': '' },
      'tools/a/node_modules/b/index.js is installed or built',
    ],
    ['tracked files', 'a built page', { 'apps/web/dist/index.html': '' }, 'apps/web/dist/index.html is installed or built'],
    ['tracked files', 'a link to installed packages', { 'apps/a/node_modules': '' }, 'apps/a/node_modules is installed or built'],
    ['leftovers', 'work left for later', { 'a.ts': `\n// ${unfinished}: later\n` }, 'a.ts:2 says'],
    ['leftovers', 'a conflict', { 'a.md': `${'<'.repeat(7)} HEAD\n` }, 'a conflict'],
    ['leftovers', 'a silenced compiler', { 'a.ts': `// @ts-${silenced}\n` }, 'silences the compiler'],
    ['leftovers', 'a file of an editor', { 'src/a.ts.orig': '' }, 'is left behind'],
    ['tests', 'a test that keeps others from running', { 'a.test.ts': "\nit.only('a', () => {});\n" }, 'a.test.ts:2 has it.only'],
    ['tests', 'a test that does not run', { 'a.test.ts': "describe.skip('a', () => {});\n" }, 'has describe.skip'],
    ['tests', 'a file without a test', { 'a.test.ts': 'export {};\n' }, 'has no test in it'],
    ['links', 'a link to nothing', { 'README.md': '[a](docs/a.md)\n' }, 'docs/a.md, which is not there'],
    ['links', 'a picture that is gone', { 'README.md': '<img src="a.png" alt="a">\n' }, 'a.png, which is not there'],
    ['links', 'a reference to nothing', { 'README.md': '[a][b]\n\n[b]: c.md\n' }, 'c.md, which is not there'],
    ['links', 'a link to a heading that is gone', { 'README.md': '# One\n\n[a](#two)\n' }, 'has no such heading'],
    [
      'mentions',
      'a script that is gone',
      { 'package.json': '{"scripts":{}}', 'a.md': 'x\n`npm run bench`' },
      'a.md:2 speaks of "npm run bench"',
    ],
    ['mentions', 'a script that is gone, in a block', { 'a.md': '```sh\nnpm start\n```\n' }, 'a.md:1 speaks of "npm run start"'],
    ['mentions', 'a file that has moved', { 'a.md': '`packages/a/src/a.ts`' }, 'packages/a/src/a.ts, which is not there'],
    [
      'mentions',
      'a decision that nobody finds',
      { 'docs/decisions/README.md': '', 'docs/decisions/0001-a.md': '' },
      '0001-a.md is not listed in',
    ],
    ['manifests', 'a range', { ...npmrc, 'package.json': manifest({ zod: '^4.6.7' }) }, 'Write the exact version'],
    [
      'manifests',
      'two versions of one',
      { ...npmrc, 'package.json': manifest({ zod: '4.6.7' }), 'apps/a/package.json': manifest({ zod: '4.6.6' }) },
      'Use one',
    ],
    ['manifests', 'install scripts', { '.npmrc': 'audit=false\n', 'package.json': manifest({}) }, 'ignore-scripts=true'],
    [
      'lock file',
      'another registry',
      { 'package-lock.json': lock({ 'node_modules/a': { integrity: hash, resolved: 'https://npm.example.com/a.tgz' } }) },
      'locked to npm.example.com',
    ],
    ['lock file', 'a package without a hash', { 'package-lock.json': lock({ 'node_modules/a': { version: '1.0.0' } }) }, 'without a hash'],
    [
      'licences',
      'a licence that binds us',
      { 'package-lock.json': lock({ 'node_modules/a': { license: 'AGPL-3.0' } }) },
      'is under AGPL-3.0',
    ],
    ['licences', 'no licence', { 'package-lock.json': lock({ 'node_modules/a': {} }) }, 'names no licence'],
  ])('%s finds %s', (check, _fault, files, words) => {
    expect(findings(check, files).join('\n')).toContain(words);
  });
});

test.each(CHECKS.map(({ name }) => name))('%s fails where there is nothing to look at', (name) => {
  expect(findings(name, {})).toEqual(['It looked at nothing, so it says nothing.']);
});
