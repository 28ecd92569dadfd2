// `npm run check`: everything but the browser. `npm test` runs the same with the browser (`--browser`).
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWebIfStale } from './build-web.mjs';
import { findNode } from './find-node.mjs';
import { installIfNeeded } from './install.mjs';
import { runStages } from './stages.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

installIfNeeded(root);
const node = findNode();
if (node === undefined) {
  process.stderr.write(`The checks need Node 24 or newer; this is ${process.versions.node}.\n`);
  process.exit(1);
}

/**
 * A program of a package, started by the Node found above, so that no shell is needed.
 * @param {string} path
 * @param {...string} parameters
 * @returns {readonly [string, ...string[]]}
 */
const tool = (path, ...parameters) => ['node', join(root, 'node_modules', path), ...parameters];

/** @type {import('./stages.mjs').Stage[]} */
const stages = [
  { name: 'format', command: tool('oxfmt/bin/oxfmt', '--check') },
  { name: 'lint', command: tool('oxlint/bin/oxlint') },
  { name: 'types', command: tool('typescript/bin/tsc', '--noEmit', '-p', '.') },
  { name: 'types of the page', command: tool('typescript/bin/tsc', '--noEmit', '-p', 'apps/web') },
  { name: 'types of e2e', command: tool('typescript/bin/tsc', '--noEmit', '-p', 'e2e') },
  { name: 'types of bench/page', command: tool('typescript/bin/tsc', '--noEmit', '-p', 'bench/page') },
  { name: 'unused code', command: tool('knip/bin/knip.js', '--no-progress', '--no-config-hints') },
  { name: 'generated files', command: ['node', 'tools/generate/src/main.ts', '--check'] },
  { name: 'repository checks', command: ['node', 'tools/repo-checks/src/main.ts'], countsFrom: 'last line' },
  { name: 'unit, conformance', command: tool('vitest/vitest.mjs', 'run'), countsFrom: 'report' },
];

if (process.argv.includes('--browser')) {
  buildWebIfStale(root, node);
  if (!existsSync(join(root, 'apps', 'web', 'dist', 'index.html'))) throw new Error('the build left no page');
  stages.push({ name: 'browser', command: tool('vitest/vitest.mjs', 'run', '--config', 'e2e/vitest.config.ts'), countsFrom: 'report' });
}

process.exitCode = (await runStages(stages, root, node)) ? 0 : 1;
