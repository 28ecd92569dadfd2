import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { commandsOf, isAsShown } from './document-commands.ts';
import { startProduct, type Product } from './start-product.ts';

const root = join(import.meta.dirname, '..');
/** What the documents call it; the tests have a port of their own. */
const ADDRESS = 'http://127.0.0.1:8000';
/** Words that stand for what a reader chooses. */
const CHOSEN: Readonly<Record<string, string>> = { NAME: 'pilot:latest', MODEL: 'pilot:latest' };
/** Who types `chat` alone at a terminal is asked for it. */
const TYPED = 'What is 2 + 2?\n';

const documents = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => /^([A-Z]+\.md|docs\/.*|models\/.*)$/.test(path))
  .map((path) => ({ path, ...commandsOf(path, readFileSync(join(root, path), 'utf8'), { inline: path === 'README.md' }) }));
const commands = documents.flatMap((document) => document.commands);
const runnable = commands.filter(({ notRun, command }) => notRun === undefined && command !== 'npm start');

/** A home, a server and a shell for the reader of the documents. */
const stack = new AsyncDisposableStack();
let home: string;
let product: Product;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'pilotlight-reader-'));
  stack.defer(() => rmSync(home, { recursive: true, force: true }));
  product = stack.use(await startProduct());
});
afterAll(() => stack.disposeAsync());

interface Typed {
  readonly code: number | null;
  /** What it wrote to standard output, and to standard error. */
  readonly output: string;
  readonly notes: string;
}

function type(command: string): Promise<Typed> {
  const line = command.replaceAll(ADDRESS, product.url).replace(/\b[A-Z]{4,}\b/g, (word) => CHOSEN[word] ?? word);
  const environment = { ...process.env, HOME: home, PILOTLIGHT_PORT: new URL(product.url).port, PILOTLIGHT_DATA: product.dataFolder };
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', line], { cwd: root, env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let notes = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (notes += text));
    child.stdin.on('error', () => undefined).end(TYPED);
    child.on('close', (code) => resolve({ code, output, notes }));
  });
}

describe('the documents', () => {
  it('have commands in blocks that say so, and marks that name one of them', () => {
    expect(documents.flatMap(({ faults }) => faults)).toEqual([]);
    expect(runnable.length).toBeGreaterThan(5);
  });

  it('begin with npm start, which the others here were started by', async () => {
    const readme = documents.find(({ path }) => path === 'README.md');
    expect(readme?.commands[0]).toMatchObject({ command: 'npm start' });
    expect((await fetch(product.url)).status).toBe(200);
  });

  it.each(runnable)('$place: $command', async ({ command, expected }) => {
    const { code, output, notes } = await type(command);
    expect(code, output + notes).toBe(0);
    if (expected !== undefined && !isAsShown(expected.replaceAll(ADDRESS, product.url), output)) expect(output).toBe(expected);
  });
});

describe('what a document shows', () => {
  const block = (language: string, ...lines: string[]) => ['```' + language, ...lines, '```', ''].join('\n');

  it('is the commands of its blocks, without comments, lines that go on as one, and the output of the last', () => {
    const text = `${block('sh', '# first', 'npm start   # the server', 'curl -d \\', "'{}' x#y", '')}\n${block('text', '{…}')}`;
    expect(commandsOf('a.md', text)).toEqual({
      commands: [
        { place: 'a.md:3', command: 'npm start' },
        { place: 'a.md:5', command: "curl -d '{}' x#y", expected: '{…}' },
      ],
      faults: [],
    });
    expect(commandsOf('a.md', 'Try `npx pilotlight models`, not `npm test`.', { inline: true }).commands).toEqual([
      { place: 'a.md', command: 'npx pilotlight models' },
    ]);
  });

  it('is not run where a mark says so with its reason', () => {
    const marked = `<!-- not run: npm test: it is this -->\n${block('sh', 'npm start', 'npm test -- x')}`;
    expect(commandsOf('a.md', marked).commands.map(({ notRun }) => notRun)).toEqual([undefined, 'it is this']);
    expect(commandsOf('a.md', `<!-- not run: all: hours -->\n${block('bash', 'a', 'b')}`).commands).toHaveLength(2);
  });

  it.each([
    [`<!-- not run: npm tst: it is this -->\n${block('sh', 'npm test')}`, 'has no command "npm tst"'],
    [`<!-- not run: all: hours -->\nWords.\n${block('sh', 'npm test')}`, 'no block of commands follows'],
    [block('', 'npm run x'), 'say "sh"'],
  ])('is refused where nobody would notice: %j', (text, words) => {
    expect(commandsOf('a.md', text).faults).toEqual([expect.stringContaining(words)]);
  });

  it('is compared with what came', () => {
    expect(isAsShown('a (…) b', 'a (1\n2) b\n')).toBe(true);
    expect(isAsShown('a.b', 'axb')).toBe(false);
    expect(isAsShown('a', 'a\nb')).toBe(false);
  });
});
