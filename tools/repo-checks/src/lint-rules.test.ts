import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..', '..');

interface Planted {
  readonly rule: string;
  readonly text: string;
  /** Where it is planted; by default in a package, outside adapters/. */
  readonly file?: string;
  /** What the message must say to do instead. */
  readonly words?: string;
}

const union = "type Shape = { kind: 'a' } | { kind: 'b' };\n";
const lines = (count: number, line: string): string => `${line}\n`.repeat(count);

/** One fault for every rule that CODE.md's promises stand on. */
const PLANTED: readonly Planted[] = [
  { rule: 'eslint(no-restricted-globals)', text: 'setTimeout(() => {}, 1);', words: 'Take a Clock' },
  { rule: 'eslint(no-restricted-globals)', text: 'setInterval(() => {}, 1);', words: 'Take a Clock' },
  { rule: 'eslint(no-restricted-globals)', text: "void fetch('http://a');", words: 'Take a Network' },
  { rule: 'eslint(no-restricted-properties)', text: 'export const a = Date.now();', words: 'Take a Clock' },
  { rule: 'eslint(no-restricted-properties)', text: 'export const a = performance.now();', words: 'Take a Clock' },
  { rule: 'eslint(no-restricted-properties)', text: 'export const a = Math.random();', words: 'Take a Randomness' },
  { rule: 'eslint(no-restricted-properties)', text: 'export const a = crypto.randomUUID();', words: 'Take a Randomness' },
  { rule: 'eslint(no-restricted-properties)', text: "void globalThis.fetch('http://a');", words: 'Take a Network' },
  { rule: 'eslint(no-restricted-properties)', text: 'const { now } = Date;\nexport const a = now();', words: 'Take a Clock' },
  { rule: 'eslint(no-restricted-imports)', text: "import { readFileSync } from 'node:fs';\nreadFileSync('a');", words: 'Take a Disk' },
  { rule: 'eslint(no-restricted-imports)', text: "import * as fs from 'node:fs/promises';\nvoid fs.readFile('a');", words: 'Take a Disk' },
  { rule: 'eslint(no-restricted-imports)', text: "import { spawn } from 'node:child_process';\nspawn('a');", words: 'Take Processes' },
  { rule: 'eslint(no-restricted-imports)', text: "import { connect } from 'node:net';\nconnect(1);", words: 'Take a Network' },
  { rule: 'eslint(no-restricted-imports)', text: "import { request } from 'node:http';\nrequest('a');", words: 'Take a Network' },
  { rule: 'eslint(no-restricted-imports)', text: "import { request } from 'undici';\nvoid request('a');", words: 'Take a Network' },
  {
    rule: 'eslint(no-restricted-imports)',
    text: "import { setTimeout as wait } from 'node:timers/promises';\nawait wait(1);",
    words: 'Take a Clock',
  },
  {
    rule: 'eslint(no-restricted-imports)',
    text: "import { randomUUID } from 'node:crypto';\nexport const a = randomUUID();",
    words: 'Take a Randomness',
  },
  { rule: 'eslint(max-lines)', text: lines(301, 'void 0;') },
  { rule: 'eslint(max-lines-per-function)', text: `export function a(): void {\n${lines(71, '  void 0;')}}` },
  { rule: 'eslint(max-params)', text: 'export const a = (b: 1, c: 1, d: 1, e: 1): number => b + c + d + e;' },
  { rule: 'import(no-default-export)', text: 'export default 1;' },
  { rule: 'import(no-cycle)', text: "import { b } from './cycle.ts';\nexport const a = (): number => b();" },
  { rule: 'typescript(no-floating-promises)', text: 'async function a(): Promise<void> {}\na();' },
  { rule: 'typescript(no-misused-promises)', text: 'export const a = [1].forEach(async () => {});' },
  {
    rule: 'typescript(switch-exhaustiveness-check)',
    text: `${union}export function a(s: Shape): void {\n  switch (s.kind) {\n    case 'a':\n      break;\n  }\n}`,
  },
  { rule: 'typescript(no-explicit-any)', text: 'export const a: any = 1;' },
  { rule: 'typescript(no-non-null-assertion)', text: 'export const a = [1].at(0)!;' },
  { rule: 'typescript(parameter-properties)', text: 'export class A {\n  constructor(readonly b: number) {}\n}' },
  { rule: 'typescript(only-throw-error)', text: "export function a(): never {\n  throw 'words';\n}" },
  { rule: 'typescript(ban-ts-comment)', text: `// @ts-${['ig', 'nore'].join('')}\nexport const a = 1;` },
  { rule: 'eslint(no-console)', text: "console.log('a');" },
  { rule: 'eslint(no-unused-vars)', text: 'const a = 1;\nexport {};' },
  { rule: 'unicorn(filename-case)', text: 'export {};', file: 'packages/gateway/src/BadName.ts' },
  {
    rule: 'vitest(no-focused-tests)',
    text: "import { test } from 'vitest';\ntest.only('a', () => {});",
    file: 'packages/gateway/src/focused.test.ts',
  },
  {
    rule: 'vitest(no-disabled-tests)',
    text: "import { test } from 'vitest';\ntest.skip('a', () => {});",
    file: 'packages/gateway/src/disabled.test.ts',
  },
];

/** What touches the real world is right where it belongs. */
const IN_ADAPTERS = PLANTED.filter(({ rule }) => rule.startsWith('eslint(no-restricted-'));

interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly help?: string;
  readonly filename: string;
}

const pathOf = (planted: Planted, index: number): string => planted.file ?? `packages/gateway/src/planted-${index}.ts`;

let folder = '';
let found: readonly Diagnostic[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pilotlight-planted-'));
  for (const file of ['.oxlintrc.json', 'tsconfig.json']) copyFileSync(join(root, file), join(folder, file));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const plant = (path: string, text: string): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), `${text}\n`);
  };
  for (const [index, planted] of PLANTED.entries()) plant(pathOf(planted, index), planted.text);
  for (const [index, { text }] of IN_ADAPTERS.entries()) plant(`packages/gateway/src/adapters/planted-${index}.ts`, text);
  const cyclic = PLANTED.findIndex(({ rule }) => rule === 'import(no-cycle)');
  plant('packages/gateway/src/cycle.ts', `import { a } from './planted-${cyclic}.ts';\nexport const b = (): number => a();`);
  found = lint();
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function lint(): readonly Diagnostic[] {
  const program = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint');
  const parameters = [program, '--format', 'json', 'packages'];
  const { stdout, stderr } = spawnSync(process.execPath, parameters, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (!stdout.startsWith('{')) throw new Error(`oxlint gave no report: ${stdout}${stderr}`);
  return (JSON.parse(stdout) as { readonly diagnostics: readonly Diagnostic[] }).diagnostics;
}

test.each(PLANTED.map((planted, index) => ({ ...planted, path: pathOf(planted, index) })))('$rule finds $text', ({ rule, path, words }) => {
  const here = found.filter(({ filename, code }) => filename.endsWith(path) && code === rule);
  expect(
    here.length,
    `${rule} in ${path}; found ${found
      .filter(({ filename }) => filename.endsWith(path))
      .map(({ code }) => code)
      .join(', ')}`,
  ).toBeGreaterThan(0);
  expect(here.map(({ message, help }) => `${message} ${help ?? ''}`).join('\n')).toContain(words ?? '');
});

test('in adapters/ the five seams are open', () => {
  expect(found.filter(({ filename, code }) => filename.includes('/adapters/') && code.startsWith('eslint(no-restricted-'))).toEqual([]);
  expect(IN_ADAPTERS.length).toBeGreaterThan(10);
});
